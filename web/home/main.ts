/** The landing page: what a newcomer sees after `make run`. */
import { createApp } from "vue";
import { startSpeech } from "@shared/i18n";
import "@shared/tokens.css";
import App from "./App.vue";
import "./home.css";
import { messages } from "./messages";

startSpeech(messages, "browser");
createApp(App).mount("#app");
