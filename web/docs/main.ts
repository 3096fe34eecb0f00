/** The API reference, drawn from `/openapi.json` of the server that serves it. */
import { createApp } from "vue";
import { makeI18n } from "@shared/locale";
import "@shared/tokens.css";
import App from "./App.vue";
import "./docs.css";
import { messages } from "./messages";

createApp(App).use(makeI18n(messages, "browser")).mount("#app");
