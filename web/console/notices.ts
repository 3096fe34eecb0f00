/** What the bell tells: things that want somebody's hand now. Each part of the house adds its own sources. */
import type { RouteLocationRaw } from "vue-router";
import { deskNotices } from "./notices/desk";
import { merchantNotices } from "./notices/merchant";
import type { ConsoleRole } from "./session";

/** One thing that wants attention; `title` and `detail` are written in the reader's language. */
export interface Notice {
  key: string;
  tone: "info" | "attention" | "critical";
  title: string;
  detail?: string;
  to?: RouteLocationRaw;
}

/** Tells what wants attention now; asked once a minute. `t` writes in the reader's language. */
export interface NoticeSource {
  roles: readonly ConsoleRole[];
  read: (t: (key: string, values?: Record<string, unknown>) => string) => Promise<Notice[]>;
}

export const noticeSources: NoticeSource[] = [...merchantNotices, ...deskNotices];
