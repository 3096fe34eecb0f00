/** The one i18n of the till: components use `useI18n`, modules without a component use `say`. */
import { type Locale, makeI18n } from "@shared/locale";
import { messages } from "./messages";

export const i18n = makeI18n(messages, "browser");

/** Say a message outside of a component. */
export function words(key: string, values: Record<string, unknown> = {}): string {
  return (i18n.global as unknown as { t(key: string, values: Record<string, unknown>): string }).t(key, values);
}

export function has(key: string): boolean {
  return (i18n.global as unknown as { te(key: string): boolean }).te(key);
}

export function locale(): Locale {
  const found = i18n.global.locale as unknown;
  return (typeof found === "string" ? found : (found as { value: string }).value) as Locale;
}
