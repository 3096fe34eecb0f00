/** Tell how old something is in one unit. Pure. */
export interface Age {
  unit: "minutes" | "hours" | "days";
  count: number;
}

export function ageOf(instant: string, now: number): Age {
  const minutes = Math.max(0, Math.floor((now - Date.parse(instant)) / 60_000));
  if (minutes < 120) return { unit: "minutes", count: minutes };
  if (minutes < 48 * 60) return { unit: "hours", count: Math.floor(minutes / 60) };
  return { unit: "days", count: Math.floor(minutes / 1440) };
}
