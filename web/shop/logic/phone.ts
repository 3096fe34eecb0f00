/** Read a phone number as people type it; without a country code it is a mainland one. Null when it cannot be one. */
export function readPhone(typed: string): string | null {
  const bare = typed.replace(/[\s\-().]/g, "").replace(/^00/, "+");
  if (/^1[3-9]\d{9}$/.test(bare)) return `+86${bare}`;
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : null;
}
