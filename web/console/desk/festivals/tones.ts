/** How the state of a request to take part feels. */
import type { Tone } from "../../blocks/tone";

export const ENROLMENT_TONE: Record<"requested" | "approved" | "rejected", Tone> = { requested: "attention", approved: "good", rejected: "quiet" };
