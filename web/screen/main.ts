/** The big screen: one page for a wall, which counts a festival while a city looks on. */
import { createApp } from "vue";
import { startSpeech } from "@shared/i18n";
import "@shared/tokens.css";
import App from "./App.vue";
import { messages } from "./messages";
import "./screen.css";

startSpeech(messages, "address");
createApp(App).mount("#app");
