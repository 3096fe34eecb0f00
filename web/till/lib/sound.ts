/** Say results to ear and hand: a tone and a buzz of its own for yes, no and look. */
import { settings } from "../state/settings";

export type Tone = "ok" | "bad" | "care";

/** (hertz, start in s, length in s) of each tone. */
const TONES: Record<Tone, [number, number, number][]> = {
  ok: [
    [880, 0, 0.09],
    [1318.5, 0.09, 0.16],
  ],
  bad: [
    [196, 0, 0.18],
    [147, 0.22, 0.32],
  ],
  care: [
    [660, 0, 0.1],
    [660, 0.16, 0.1],
  ],
};
const BUZZ: Record<Tone, number[]> = { ok: [60], bad: [180, 80, 180], care: [80, 60, 80] };

let context: AudioContext | null = null;

/** Make sound possible: browsers allow it after the first touch or key. */
export function unlockSound(): void {
  try {
    context ??= new AudioContext();
    void context.resume();
  } catch {
    // No sound on this device: colour and buzz remain.
  }
}

export function say(tone: Tone): void {
  if (typeof navigator.vibrate === "function" && navigator.userActivation?.hasBeenActive) navigator.vibrate(BUZZ[tone]);
  if (!settings.sound || !context || context.state !== "running") return;
  for (const [hertz, start, length] of TONES[tone]) {
    const at = context.currentTime + start;
    const voice = context.createOscillator();
    const level = context.createGain();
    voice.type = tone === "bad" ? "sawtooth" : "sine";
    voice.frequency.value = hertz;
    level.gain.setValueAtTime(0.0001, at);
    level.gain.exponentialRampToValueAtTime(tone === "bad" ? 0.22 : 0.35, at + 0.01);
    level.gain.exponentialRampToValueAtTime(0.0001, at + length);
    voice.connect(level).connect(context.destination);
    voice.start(at);
    voice.stop(at + length + 0.02);
  }
}
