/**
 * Decide whether the till works online or offline. Pure: what was seen goes in, the state comes out.
 * It goes offline after one call without an answer (each call has the clerk's deadline) and comes back after a few good answers in
 * a row over some seconds, so that a flapping network does not toss the clerk about. A clerk may force it. Source: R40.
 */
export type Mode = "online" | "offline";

export interface Link {
  readonly mode: Mode;
  /** True while the clerk keeps it offline by hand. */
  readonly isForced: boolean;
  /** When it went offline, on the steady clock. */
  readonly since: number;
  readonly goodCount: number;
  readonly goodSince: number | null;
}

export type Seen =
  | { kind: "answer"; at: number }
  /** No answer within the deadline, no connection, or the server says that it cannot. */
  | { kind: "silence"; at: number }
  | { kind: "force"; isForced: boolean; at: number };

/** How many good answers in a row, and over how long, make the network stable again. */
export const STABLE_COUNT = 3;
export const STABLE_MS = 4000;

export function newLink(at: number): Link {
  return { mode: "online", isForced: false, since: at, goodCount: 0, goodSince: null };
}

export function next(link: Link, seen: Seen): Link {
  if (seen.kind === "force") {
    if (seen.isForced) return { ...link, mode: "offline", isForced: true, since: link.mode === "offline" ? link.since : seen.at, goodCount: 0, goodSince: null };
    return { ...link, isForced: false, goodCount: 0, goodSince: null };
  }
  if (seen.kind === "silence") {
    const since = link.mode === "offline" ? link.since : seen.at;
    return { ...link, mode: "offline", since, goodCount: 0, goodSince: null };
  }
  if (link.mode === "online") return link;
  const goodCount = link.goodCount + 1;
  const goodSince = link.goodSince ?? seen.at;
  const isStable = goodCount >= STABLE_COUNT && seen.at - goodSince >= STABLE_MS;
  if (isStable && !link.isForced) return { mode: "online", isForced: false, since: seen.at, goodCount: 0, goodSince: null };
  return { ...link, goodCount, goodSince };
}

/** How long to wait before the next look at the server: often while offline, seldom while all is well. */
export function probeMs(link: Link): number {
  return link.mode === "offline" ? 2000 : 5000;
}
