/** Say one sentence to the person for a moment; refusals of the API say theirs. */
import { ref } from "vue";
import { ApiError } from "@shared/api/problem";

const SHOWN_MS = 3200;
const said = ref<{ text: string; kind: "good" | "bad"; key: number } | null>(null);
let timer = 0;

export function say(text: string, kind: "good" | "bad" = "good"): void {
  said.value = { text, kind, key: Date.now() };
  window.clearTimeout(timer);
  timer = window.setTimeout(() => (said.value = null), SHOWN_MS);
}

/** Say what a failed call tells; `offline` is the page's own sentence for "no answer came". */
export function sayError(error: unknown, offline: string): void {
  say(sentence(error, offline), "bad");
}

export function sentence(error: unknown, offline: string): string {
  if (!(error instanceof ApiError)) throw error;
  return error.isOffline ? offline : error.problem.detail || error.problem.title;
}

export const useSaid = () => said;
