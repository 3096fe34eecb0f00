/** Read from a refusal which lines of the cart cannot be bought: "line 2: ..." of `bad_lines`. Places from zero. */
export function badLines(code: string, errors: unknown): number[] {
  if (code !== "bad_lines" || !Array.isArray(errors)) return [];
  return errors.flatMap((one) => {
    const found = typeof one === "string" ? /^line (\d+):/.exec(one) : null;
    return found ? [Number(found[1]) - 1] : [];
  });
}
