/** The big screen: one page for a wall, which counts a festival while a city looks on. */
import { createApp } from "vue";
import { makeI18n } from "@shared/locale";
import "@shared/tokens.css";
import App from "./App.vue";
import { messages } from "./messages";
import "./screen.css";

createApp(App).use(makeI18n(messages, "address")).mount("#app");
