/** How a coupon's status feels. */
import type { Tone } from "../../blocks/tone";

export const STATUS_TONE: Record<"draft" | "live" | "paused" | "ended", Tone> = { draft: "quiet", live: "good", paused: "attention", ended: "quiet" };
