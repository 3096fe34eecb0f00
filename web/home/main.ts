/** The landing page: what a newcomer sees after `make run`. */
import { createApp } from "vue";
import { makeI18n } from "@shared/locale";
import "@shared/tokens.css";
import App from "./App.vue";
import "./home.css";
import { messages } from "./messages";

createApp(App).use(makeI18n(messages, "browser")).mount("#app");
