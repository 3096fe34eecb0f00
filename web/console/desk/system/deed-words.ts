/** Say in a sentence what was done: "stopped issuing a coupon", not "POST /coupons/{coupon_id}/switches". */
import type { Schema } from "@shared/api/client";
import { useWords } from "../../use-words";

type Deed = Pick<Schema<"Deed">, "method" | "route" | "changes">;

/** The message key of a deed: its method and its route without what varies. */
export function deedKey(deed: Deed): string {
  const path = deed.route
    .replace(/\{[^}]*\}/g, "")
    .split("/")
    .filter(Boolean)
    .join("_")
    .replace(/-/g, "_");
  return `${deed.method.toLowerCase()}_${path}`;
}

export function useDeedWords() {
  const { t, te } = useWords();
  return {
    sentence: (deed: Deed): string => {
      const key = `desk.audit.deed.${deedKey(deed)}`;
      return te(key) ? t(key) : `${deed.method} ${deed.route}`;
    },
    /** "status: draft → live", one for each change. */
    changes: (deed: Deed): string[] =>
      Object.entries(deed.changes ?? {}).map(([field, pair]) => {
        const [before, after] = Array.isArray(pair) ? (pair as [unknown, unknown]) : [null, pair];
        const name = te(`desk.coupons.field.${field}`) ? t(`desk.coupons.field.${field}`) : te(`desk.audit.field.${field}`) ? t(`desk.audit.field.${field}`) : field;
        return before === null ? `${name}: ${shown(after)}` : `${name}: ${shown(before)} → ${shown(after)}`;
      }),
  };

  function shown(value: unknown): string {
    if (typeof value === "boolean") return t(value ? "shell.common.yes" : "shell.common.no");
    if (value === null || value === undefined || value === "") return "—";
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
}
