/** Remember what was searched for on this device, the newest first; pure but for reading and writing the store given. */
export const HISTORY_MAX = 10;

export function remembered(before: readonly string[], words: string): string[] {
  const clean = words.trim();
  return clean ? [clean, ...before.filter((one) => one !== clean)].slice(0, HISTORY_MAX) : [...before];
}

export function parseHistory(text: string | null): string[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string").slice(0, HISTORY_MAX) : [];
  } catch {
    return [];
  }
}
