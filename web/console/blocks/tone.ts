/** How a state feels: all is well, look at it, act on it, worth knowing, resting. */
export type Tone = "good" | "attention" | "critical" | "info" | "quiet";
