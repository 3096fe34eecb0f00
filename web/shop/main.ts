/** Open the shopper's app. */
import { createApp } from "vue";
import { START_LOCATION, createRouter } from "vue-router";
import { startSpeech } from "@shared/i18n";
import { pageHistory } from "@shared/page-history";
import { ownTask } from "@shared/turns";
import "@shared/tokens.css";
import "./shop.css";
import App from "./App.vue";
import { applySettings } from "./data/settings";
import { messages } from "./messages";
import { routes } from "./routes";
import { registerWorker } from "./data/worker";

applySettings();
startSpeech(messages, "browser");
const router = createRouter({
  history: pageHistory("/shop/"),
  routes,
  // A page that was just opened is at its top: to say so would make the browser lay it out at once.
  scrollBehavior: (_to, from, saved) => saved ?? (from === START_LOCATION ? false : { top: 0 }),
});
// The frame stands before the first page is built, each in a task of its own.
const first = router.beforeEach(async () => {
  first();
  await ownTask();
});
setTimeout(() => createApp(App).use(router).mount("#app"));
void registerWorker();
