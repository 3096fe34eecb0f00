/**
 * Say things in the reader's language. A page has one set of messages, two languages of plain sentences: `{name}` is a value put in,
 * " | " parts the singular from the plural. So nothing is compiled while a phone waits: docs/adr/0095-own-messages.md.
 */
import { type Ref, shallowRef } from "vue";
import { type Locale, firstLocale } from "./locale";

export type Values = Readonly<Record<string, unknown>>;
export interface Speech {
  locale: Ref<Locale>;
  /** Say the sentence of a dotted key; `values.n` or `values.count`, or a bare number, chooses the plural. An unknown key says itself. */
  t: (key: string, values?: Values | number) => string;
  /** Tell whether there is a sentence for the key in the language that is spoken. */
  te: (key: string) => boolean;
}

const FALLBACK: Locale = "zh-CN";
const GAP = /\{\s*(\w+)\s*\}/g;
let speech: Speech | null = null;

/** Begin to speak, once, before the page is built. A wall shows Chinese unless its address says otherwise; a person's page follows the browser. */
export function startSpeech(messages: Record<Locale, object>, follow: "address" | "browser"): Speech {
  const first = firstLocale(follow === "browser");
  document.documentElement.lang = first;
  return (speech = makeSpeech(messages, first));
}

/** Give the page's speech; what reads it is drawn anew when the language changes. Raises: Error before `startSpeech`. */
export function useI18n(): Speech {
  if (!speech) throw new Error("the page has not begun to speak");
  return speech;
}

export function makeSpeech(messages: Record<Locale, object>, first: Locale): Speech {
  const locale = shallowRef(first);
  const known: Record<Locale, Map<string, string | null>> = { "zh-CN": new Map(), en: new Map() };
  const find = (key: string, where: Locale): string | null => {
    let found = known[where].get(key);
    if (found === undefined) known[where].set(key, (found = sentence(messages[where], key)));
    return found;
  };
  return {
    locale,
    t: (key, values) => fill(find(key, locale.value) ?? find(key, FALLBACK) ?? key, typeof values === "number" ? { n: values, count: values } : values),
    te: (key) => find(key, locale.value) !== null,
  };
}

function sentence(messages: object, key: string): string | null {
  let at: unknown = messages;
  for (const step of key.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return null;
    at = (at as Record<string, unknown>)[step];
  }
  return typeof at === "string" ? at : null;
}

function fill(text: string, values: Values | undefined): string {
  if (!values) return text;
  const said = text.includes(" | ") ? plural(text.split(" | "), Number(values["n"] ?? values["count"])) : text;
  return said.replace(GAP, (_gap, name: string) => String(values[name] ?? ""));
}

/** Of two forms the first is for one; of three the first is for none. */
function plural(forms: readonly string[], count: number): string {
  const place = forms.length > 2 ? Math.min(Math.abs(count), 2) : count === 1 ? 0 : 1;
  return forms[place] ?? forms.at(-1) ?? "";
}
