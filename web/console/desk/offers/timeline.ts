/** Make a timeline of what happened to an offer: from its versions, and from the audit log for what stopped it. Pure. */
import type { Schema } from "@shared/api/client";
import type { TimelineEvent } from "../../blocks/timeline";
import type { Version } from "./types";

type Say = (key: string, values: Record<string, unknown>) => string;
type Deed = Pick<Schema<"Deed">, "route" | "name" | "account_id" | "happened_at"> & { changes?: unknown };

export function happened(versions: readonly Version[], deeds: readonly Deed[], t: Say): TimelineEvent[] {
  const events: TimelineEvent[] = [];
  for (const one of versions) {
    const n = one.version;
    events.push({ key: `made-${n}`, at: one.created_at, title: t("desk.offers.page.timeline.made", { n, name: one.created_by_name || one.created_by }), detail: one.reason });
    if (one.simulation) events.push({ key: `simulated-${n}`, at: one.simulation.simulated_at, title: t("desk.offers.page.timeline.simulated", { n }), tone: "info" });
    if (one.approved_at) events.push({ key: `approved-${n}`, at: one.approved_at, title: t("desk.offers.page.timeline.approved", { n, name: one.approved_by_name || one.approved_by }), tone: "good" });
  }
  for (const deed of deeds) {
    const what = deed.route.endsWith("/stops") ? "stopped" : deed.route.endsWith("/resumptions") ? "resumed" : null;
    if (!what) continue;
    events.push({ key: `${what}-${deed.happened_at}`, at: deed.happened_at, title: t(`desk.offers.page.timeline.${what}`, { name: deed.name || deed.account_id || "" }), detail: reasonOf(deed), tone: what === "stopped" ? "critical" : "good" });
  }
  return events;
}

function reasonOf(deed: Deed): string {
  const told = (deed.changes as Record<string, unknown> | null | undefined)?.["reason"] ?? (deed.changes as Record<string, unknown> | null | undefined)?.["stop_reason"];
  const value: unknown = Array.isArray(told) ? told[1] : told;
  return typeof value === "string" ? value : "";
}
