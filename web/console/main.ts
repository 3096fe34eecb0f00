/** Open the console of merchants and operators. */
import { createApp } from "vue";
import { makeI18n } from "@shared/locale";
import "element-plus/dist/index.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "@shared/tokens.css";
import "./console.css";
import App from "./App.vue";
import { followDarkness } from "./shell/darkness";
import { messages } from "./messages";
import { makeRouter } from "./routes";

followDarkness();
const i18n = makeI18n(messages, "browser");
createApp(App).use(i18n).use(makeRouter()).mount("#app");
