/** How an offer's status feels. */
import type { Tone } from "../../blocks/tone";
import type { Offer, Status } from "./types";

export const STATUS_TONE: Record<Status, Tone> = { draft: "quiet", live: "good", stopped: "critical" };

/** Whether a version newer than the live one waits for approval. */
export function isWaiting(one: Offer): boolean {
  return one.status !== "draft" && one.latest_version !== one.live_version;
}

/** Whether a live offer's own time has not begun or is over. */
export function timing(one: Offer, now: number): "later" | "over" | null {
  const terms = one.live_terms;
  if (one.status !== "live" || !terms) return null;
  if (terms.ends_at && Date.parse(terms.ends_at) <= now) return "over";
  return terms.starts_at && Date.parse(terms.starts_at) > now ? "later" : null;
}
