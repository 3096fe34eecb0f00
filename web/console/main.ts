/** Open the console of merchants and operators. */
import { createApp } from "vue";
import { startSpeech } from "@shared/i18n";
import "element-plus/dist/index.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "@shared/tokens.css";
import "./console.css";
import App from "./App.vue";
import { followDarkness } from "./shell/darkness";
import { messages } from "./messages";
import { makeRouter } from "./routes";

followDarkness();
startSpeech(messages, "browser");
createApp(App).use(makeRouter()).mount("#app");
