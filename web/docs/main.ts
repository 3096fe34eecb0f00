/** The API reference, drawn from `/openapi.json` of the server that serves it. */
import { createApp } from "vue";
import { startSpeech } from "@shared/i18n";
import "@shared/tokens.css";
import App from "./App.vue";
import "./docs.css";
import { messages } from "./messages";

startSpeech(messages, "browser");
createApp(App).mount("#app");
