/** Know where this device stands: paired to which till, which shift is open, who works. Sessions are cookies of this origin. */
import { computed, reactive } from "vue";
import { type Schema, makeApi } from "@shared/api/client";
import { peekFirst } from "@shared/api/first";
import { ApiError } from "@shared/api/problem";
import { keep, kept, restoreKept } from "../lib/keep";
import { ask, isSilence } from "./connection";

export type Till = Schema<"Desk">["till"];
export type Shift = NonNullable<Schema<"Desk">["shift"]>;
export type Stage = "loading" | "pair" | "shift" | "open";

/** The device's own calls: where it stands, shifts, leases and sync. */
export const device = makeApi("till-device");
/** The clerk's calls: sales, redemptions, look-ups. */
export const clerk = makeApi("till");

interface Standing {
  stage: Stage;
  deviceId: string | null;
  till: Till | null;
  storeName: string;
  storeNameEn: string;
  zone: string;
  shift: Shift | null;
  /** The till's running shift belongs to someone who is not signed in here (after a restart): the PIN resumes it. */
  isResuming: boolean;
  /** A session ended in the middle of work: the PIN is asked over the page. */
  isLocked: boolean;
}

export const desk = reactive<Standing>({
  stage: "loading",
  deviceId: kept<string>("device"),
  till: null,
  storeName: "",
  storeNameEn: "",
  zone: "Asia/Shanghai",
  shift: null,
  isResuming: false,
  isLocked: false,
});

const CURRENT = "/v1/tills/current";

export const currency = computed(() => desk.till?.currency ?? "CNY");

export interface KnownClerk {
  login: string;
  name: string;
}
/** Clerks who worked here lately, the last first: one tap instead of typing. */
export function knownClerks(): KnownClerk[] {
  return kept<KnownClerk[]>("clerks") ?? [];
}

function take(found: Schema<"Desk">): void {
  seat(found);
  keep("desk", found);
}

function seat(found: Schema<"Desk">): void {
  desk.till = found.till;
  desk.storeName = found.store_name;
  desk.storeNameEn = found.store_name_en || found.store_name;
  desk.zone = found.time_zone;
  desk.shift = found.shift ?? null;
}

/** Begin with what the server put into the page: a till with an open shift stands at once. `findDesk` still finds out, and keeps it. */
export function seatEarly(): void {
  const found = peekFirst<Schema<"Desk">>("till-device", CURRENT);
  if (!found?.shift || !peekFirst("till", CURRENT)) return;
  seat(found);
  desk.stage = "open";
}

/** Find out where the device stands; without a network, where it stood when it last knew. */
export async function findDesk(): Promise<void> {
  await restoreKept();
  desk.deviceId = kept<string>("device");
  try {
    take(await ask((signal) => device.GET("/v1/tills/current", { signal })));
  } catch (error) {
    if (error instanceof ApiError && error.isSignedOut) return unpair();
    const known = kept<Schema<"Desk">>("desk");
    if (known) take(known);
    desk.stage = known ? (known.shift && kept("signedIn") ? "open" : "shift") : "pair";
    return;
  }
  if (!desk.shift) {
    keep("signedIn", null);
    desk.stage = "shift";
    return;
  }
  try {
    await ask((signal) => clerk.GET("/v1/tills/current", { signal }));
    keep("signedIn", true);
    desk.stage = "open";
  } catch (error) {
    desk.isResuming = true;
    desk.stage = isSilence(error) && kept("signedIn") ? "open" : "shift";
  }
}

export async function pair(code: string, name: string): Promise<void> {
  const paired = await ask((signal) => device.POST("/v1/tills/pairings", { body: { setup_code: code, device_name: name }, signal }), 10);
  desk.deviceId = paired.device_id;
  keep("device", paired.device_id);
  await findDesk();
}

/** Forget everything that this device knew of its till. The log of offline records is guarded by its own module. */
export function unpair(): void {
  for (const name of ["desk", "signedIn", "clerks", "basket", "sale"]) keep(name, null);
  desk.till = desk.shift = null;
  desk.stage = "pair";
}

export async function openShift(login: string, pin: string, openingMinor: number): Promise<boolean> {
  const body = { clerk: login, pin, opening_cash_minor: openingMinor };
  const opened = await ask((signal) => device.POST("/v1/shifts", { body, signal }), 10);
  desk.shift = opened.shift;
  const others = knownClerks().filter((one) => one.login !== login);
  keep("clerks", [{ login, name: opened.shift.clerk_name }, ...others].slice(0, 6));
  keep("signedIn", true);
  const known = kept<Schema<"Desk">>("desk");
  if (known) keep("desk", { ...known, shift: opened.shift });
  desk.isResuming = desk.isLocked = false;
  desk.stage = "open";
  return opened.is_resumed;
}

/** Close the shift with what was counted; the answer tells what should have been there. */
export async function closeShift(countedMinor: number, key: { "Idempotency-Key": string }): Promise<Shift> {
  const shift = desk.shift;
  if (!shift) throw new Error("no shift is open");
  const closed = await ask(
    (signal) => clerk.POST("/v1/shifts/{shift_id}/closings", { params: { path: { shift_id: shift.shift_id }, header: key }, body: { counted_cash_minor: countedMinor }, signal }),
    10,
  );
  keep("signedIn", null);
  const known = kept<Schema<"Desk">>("desk");
  if (known) keep("desk", { ...known, shift: null });
  desk.shift = null;
  return closed;
}

/** Note an error of a clerk's call: a session that ended asks for the PIN over the page, and keeps the basket. */
export function noteSession(error: unknown): void {
  if (error instanceof ApiError && (error.isSignedOut || error.code === "no_open_shift")) desk.isLocked = true;
}
