/** Keep small things on the device by name (localStorage); a device that refuses storage still works while the page is open. */
const PREFIX = "fairday.till.";

export function kept<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

/** Keep a thing; null forgets it. */
export function keep(name: string, thing: unknown): void {
  try {
    if (thing === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(thing));
  } catch {
    // Private windows and full disks: nothing is kept.
  }
}
