/** Keep how a person likes to read on this device: large type, less motion. */
import { reactive, watch } from "vue";

const STORED = "fairday.shop.settings";
const settings = reactive({ isLarge: false, isCalm: false, ...read() });

function read(): Record<string, boolean> {
  try {
    const kept = JSON.parse(localStorage.getItem(STORED) ?? "{}") as Record<string, unknown>;
    return { isLarge: kept["isLarge"] === true, isCalm: kept["isCalm"] === true };
  } catch {
    return {};
  }
}

/** Put the settings on the page, now and whenever they change. */
export function applySettings(): void {
  watch(
    settings,
    () => {
      document.documentElement.dataset["type"] = settings.isLarge ? "large" : "normal";
      document.documentElement.dataset["motion"] = settings.isCalm ? "less" : "normal";
      try {
        localStorage.setItem(STORED, JSON.stringify(settings));
      } catch {
        // Then they hold as long as the page.
      }
    },
    { immediate: true },
  );
}

export const useSettings = () => settings;
