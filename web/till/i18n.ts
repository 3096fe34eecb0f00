/** The one speech of the till: components use `useI18n`, modules without a component use `words`. */
import { startSpeech } from "@shared/i18n";
import type { Locale } from "@shared/locale";
import { messages } from "./messages";

const speech = startSpeech(messages, "browser");

/** Say a message outside of a component. */
export function words(key: string, values: Record<string, unknown> = {}): string {
  return speech.t(key, values);
}

export const has = speech.te;

export function locale(): Locale {
  return speech.locale.value;
}
