/** Hold what this device was set to; kept over reloads. */
import { reactive, watch } from "vue";
import { keep, kept } from "../lib/keep";

export const OFFLINE_AFTER_S = [1, 2, 3, 5, 10] as const;

export interface Settings {
  /** Go offline when the server does not answer for so long. */
  offlineAfterS: (typeof OFFLINE_AFTER_S)[number];
  sound: boolean;
  /** This store sells on its own POS: the till only redeems. */
  redeemOnly: boolean;
  /** Use a coupon up at once where nothing is to be asked (a fixed amount, no threshold). */
  useAtOnce: boolean;
  cameraOn: boolean;
}

const DEFAULTS: Settings = { offlineAfterS: 3, sound: true, redeemOnly: false, useAtOnce: false, cameraOn: false };

export const settings = reactive<Settings>({ ...DEFAULTS, ...kept<Partial<Settings>>("settings") });
watch(settings, () => keep("settings", { ...settings }));
