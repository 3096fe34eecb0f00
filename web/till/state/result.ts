/** Hold the one big result on the screen: green, red or amber, with its tone; and the list of the latest scans. */
import { reactive, ref } from "vue";
import { money } from "@shared/format";
import { ApiError } from "@shared/api/problem";
import { type Tone, say } from "../lib/sound";
import { has, locale, words } from "../i18n";
import { currency } from "./desk";

export interface Result {
  tone: Tone;
  title: string;
  detail?: string;
  /** The figure that matters, large. */
  big?: string;
  name?: string;
  /** Set while it was decided without the server. */
  isOffline?: boolean;
  /** What else can be done about it. */
  act?: { label: string; run: () => void };
  at: number;
}

export const result = ref<Result | null>(null);
export const recent = reactive<Result[]>([]);
/** Scans that were refused since the page was opened, for the day's figures. */
export const refusedCount = ref(0);

const RECENT_MAX = 12;
let timer = 0;

/** Show a result; good ones leave by themselves, others stay until the clerk or the next scan takes them away. */
export function show(shown: Omit<Result, "at">, staysMs: number | null = shown.tone === "ok" ? 1600 : null): void {
  result.value = { ...shown, at: Date.now() };
  say(shown.tone);
  if (shown.tone !== "ok") refusedCount.value += 1;
  recent.unshift(result.value);
  recent.splice(RECENT_MAX);
  window.clearTimeout(timer);
  if (staysMs !== null) timer = window.setTimeout(hide, staysMs);
}

export function hide(): void {
  window.clearTimeout(timer);
  result.value = null;
}

/** Codes that the clerk can do something about at once: amber, not red. */
const CARE = new Set(["code_expired", "claim_locked", "below_threshold", "nothing_eligible", "no_effect", "price_changed", "not_prepared", "wallet_too_low", "offline", "digits_offline", "not_yet_usable"]);

export function toneOf(code: string): Tone {
  return CARE.has(code) ? "care" : "bad";
}

export function titleOf(code: string): string {
  return has(`refusals.${code}`) ? words(`refusals.${code}`) : words("refusals.other");
}

/** Say a refusal of the server as a till says it: amounts in money, never in minor units. */
export function detailOf(error: ApiError): string {
  const facts = error.problem.details as Record<string, number>;
  const sum = (minor: number | undefined): string => money(minor ?? 0, currency.value, locale());
  switch (error.code) {
    case "offline":
      return words("details.offline");
    case "wallet_too_low":
      return words("details.wallet_too_low", { left: sum(facts["left_minor"]), needed: sum(facts["needed_minor"]) });
    case "insufficient_funds":
      return words("details.wallet_too_low", { left: sum(facts["left_minor"]), needed: sum(facts["needed_minor"]) });
    case "price_changed":
      return words("details.price_changed", { total: sum(facts["total_minor"]) });
    case "too_little_cash":
      return words("details.too_little_cash", { left: sum((facts["due_minor"] ?? 0) - (facts["tendered_minor"] ?? 0)) });
    case "code_expired":
      return words("details.code_expired");
    default:
      return error.problem.detail;
  }
}

/** Show why not; beyond the offline limits with the way to a manager's override, where the page has one. */
export function showError(error: unknown, override?: (name: string) => void): void {
  if (!(error instanceof ApiError)) throw error;
  const facts = error.problem.details as { may_override?: boolean; name?: string; name_en?: string };
  const name = (locale() === "en" && facts.name_en) || facts.name || "";
  const act = override && facts.may_override ? { act: { label: words("override.ask"), run: () => override(name) } } : {};
  show({ tone: toneOf(error.code), title: titleOf(error.code), detail: detailOf(error), ...act });
}
