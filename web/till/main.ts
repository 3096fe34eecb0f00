/** Open the till. */
import { createApp } from "vue";
import { createRouter, createWebHistory } from "vue-router";
import "@shared/tokens.css";
import "./till.css";
import App from "./App.vue";
import { i18n } from "./i18n";
import { unlockSound } from "./lib/sound";
import { routes } from "./routes";
import { listenToWedge } from "./scan/bus";
import { watchLink } from "./state/connection";
import { findDesk } from "./state/desk";

const router = createRouter({ history: createWebHistory("/till/"), routes });
listenToWedge();
for (const first of ["pointerdown", "keydown"]) window.addEventListener(first, unlockSound, { once: true });
void findDesk().then(watchLink);
createApp(App).use(i18n).use(router).mount("#app");
