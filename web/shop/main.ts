/** Open the shopper's app. */
import { createApp } from "vue";
import { createRouter, createWebHistory } from "vue-router";
import { makeI18n } from "@shared/locale";
import "@shared/tokens.css";
import App from "./App.vue";
import { messages } from "./messages";
import { routes } from "./routes";

const router = createRouter({ history: createWebHistory("/shop/"), routes });
createApp(App).use(makeI18n(messages, "browser")).use(router).mount("#app");
