/** Open the till. */
import { createApp, watch } from "vue";
import { createRouter } from "vue-router";
import { pageHistory } from "@shared/page-history";
import "@shared/tokens.css";
import "./till.css";
import App from "./App.vue";
import "./i18n";
import { unlockSound } from "./lib/sound";
import { routes } from "./routes";
import { listenToWedge } from "./scan/bus";
import { watchLink } from "./state/connection";
import { startOffline } from "./offline/sync";
import { keepOpenable } from "./offline/worker";
import { desk, findDesk, seatEarly } from "./state/desk";

const router = createRouter({ history: pageHistory("/till/"), routes });
listenToWedge();
for (const first of ["pointerdown", "keydown"]) window.addEventListener(first, unlockSound, { once: true });
seatEarly();
// The log and the lease come after the device knows for certain which till it is.
void findDesk().then(() => {
  watchLink();
  watch(
    () => [desk.stage, desk.deviceId],
    () => {
      if (desk.stage === "open") void startOffline();
    },
    { immediate: true },
  );
});
void keepOpenable();
// A task of its own: reading the code and building the counter are each long enough.
setTimeout(() => createApp(App).use(router).mount("#app"));
