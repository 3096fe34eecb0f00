import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { firstBroken, genesis, type LogRecord, nextRecord } from "./chain";
import { readCode } from "./codes";
import { type Body, emptyBook, note, readBook } from "./journal";
import { type BasketLine, type Journal, type Lease, apply, fits, isWithin, judge, unitNow } from "./judge";
import { TillLog } from "./log";
import { OFFLINE_MAX_MS, driftS, estimate, isDayOver } from "./time";

const DEVICE = "dev_019a70b1c2d0123456789abcdef";
const BODY_1 =
  '{"v":1,"device_id":"dev_019a70b1c2d0123456789abcdef","seq":1,"kind":"note","lease_id":"lea_019a70b1c2d0123456789abcdef","happened_at":"2026-11-11T04:03:04.123Z","clock":{"server_at":"2026-11-11T04:00:00.000Z","elapsed_ms":184123,"device_at":"2026-11-11T04:03:04.500Z"},"text":"offline: no answer for 5 s"}';
const BODY_2 =
  '{"v":1,"device_id":"dev_019a70b1c2d0123456789abcdef","seq":2,"kind":"note","lease_id":"lea_019a70b1c2d0123456789abcdef","happened_at":"2026-11-11T04:10:00.000Z","clock":{"server_at":"2026-11-11T04:00:00.000Z","elapsed_ms":600000,"device_at":"2026-11-11T04:10:00.200Z"},"text":"盘点 café ☕"}';

async function chained(...bodies: string[]): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  let head = await genesis(DEVICE);
  for (const body of bodies) {
    const record = await nextRecord(head, body);
    records.push(record);
    head = record;
  }
  return records;
}

describe("the hash chain", () => {
  it("matches the server's vectors", async () => {
    expect((await genesis(DEVICE)).hash).toBe("537373ccf43d52fc939a3c01285c52388ddcf7224bd44eb4a5282e8b24b30973");
    const [one, two] = await chained(BODY_1, BODY_2);
    expect(one?.hash).toBe("020f3c0a5372d7e82433c0f3a94246c9c22bf9172f06a9a5dd6f605a871f6f57");
    expect(two?.hash).toBe("c9b465c8454afd8b6741c8548cabc8c5e3414dbd0b44d88ad4835b1ff46dc172");
  });
  it("names the first record that was changed, taken out or moved", async () => {
    const records = await chained("a", "b", "c", "d");
    const start = await genesis(DEVICE);
    expect(await firstBroken(start, records)).toBeNull();
    expect(await firstBroken(start, records.map((one, place) => (place === 1 ? { ...one, body: "B" } : one)))).toBe(2);
    expect(await firstBroken(start, records.filter((one) => one.seq !== 3))).toBe(4);
    expect(await firstBroken(start, [records[1]!, records[0]!])).toBe(2);
  });
});

const KEY = { kid: "56475aa7", public_key: "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg", retired_at: null as string | null };
const STEP = 29_381_880;
const TEXT = "*JO-0935L6EO%FV.A39I11V5TK404DGWLT9U.A39I1FV5Z2UJJL3 C7A4BRHC105XP:SV8X4NGITZRB*JJ5LX7I5TFFSO-M7ZVLHCTQ*D55O1WA26N+QTAD8OKJTR4%TQ-HJN%SFMJQOHZ9C$%31PFE0";

describe("a code", () => {
  const at = (step: number): number => step * 60_000 + 1000;
  it("is read with the server's key", async () => {
    expect(await readCode(TEXT, [KEY], at(STEP), 60)).toEqual({ ok: true, claimId: "clm_019a70b1c2d0123456789abcdef", couponId: "cpn_019a70b1c2d0fedcba987654321", step: STEP });
  });
  it.each([-1, 0, 1])("lives %i steps off", async (off) => expect((await readCode(TEXT, [KEY], at(STEP + off), 60)).ok).toBe(true));
  it.each([-2, 2])("is dead %i steps off: a screenshot dies within a minute", async (off) => {
    expect(await readCode(TEXT, [KEY], at(STEP + off), 60)).toEqual({ ok: false, code: "code_expired" });
  });
  it("is refused when a letter was changed, the key is unknown or retired", async () => {
    const changed = TEXT.slice(0, 60) + (TEXT[60] === "A" ? "B" : "A") + TEXT.slice(61);
    expect(await readCode(changed, [KEY], at(STEP), 60)).toMatchObject({ ok: false, code: "code_invalid" });
    expect(await readCode(TEXT, [], at(STEP), 60)).toMatchObject({ ok: false });
    expect(await readCode(TEXT, [{ ...KEY, retired_at: "2020-01-01T00:00:00Z" }], at(STEP), 60)).toMatchObject({ ok: false });
    expect(await readCode("HELLO", [KEY], at(STEP), 60)).toMatchObject({ ok: false });
  });
  it("is read as well where the browser has no Ed25519 of its own", async () => {
    vi.resetModules();
    const real = crypto.subtle.importKey.bind(crypto.subtle);
    const without = vi.spyOn(crypto.subtle, "importKey").mockImplementation(((...args: Parameters<typeof real>) => {
      if ((args[2] as { name?: string }).name === "Ed25519") return Promise.reject(new DOMException("no", "NotSupportedError"));
      return real(...args);
    }) as typeof crypto.subtle.importKey);
    const fresh = await import("./codes");
    expect((await fresh.readCode(TEXT, [KEY], at(STEP), 60)).ok).toBe(true);
    expect((await fresh.readCode(TEXT.replace(/.$/, "0"), [KEY], at(STEP), 60)).ok).toBe(TEXT.endsWith("0"));
    without.mockRestore();
  });
});

const NOW = Date.parse("2026-11-11T04:00:00Z");
const TERMS = {
  kind: "threshold", currency: "CNY", name: "", name_en: "", amount_minor: 2000, rate_bp: null, cap_minor: null, threshold_minor: 10_000,
  exchange_sku_id: null, exchange_price_minor: null, min_payable_minor: 1, scope: { merchant_ids: [], store_ids: [], sku_ids: [], category_ids: [] },
  channels: ["online", "in_store"], usable_from: null, usable_until: null, time_zone: "Asia/Shanghai", hours: [], use_phase_ids: [],
};

function lease(change: Record<string, unknown> = {}, coupon: Record<string, unknown> = {}, terms: Record<string, unknown> = {}): Lease {
  return {
    lease_id: "lea_1", merchant_id: "mer_1", store_id: "sto_1", state: "open", granted_at: "2026-11-11T03:00:00Z", expires_at: "2026-11-11T07:00:00Z",
    limits: { face_max_minor: 10_000, count_max: 2, value_max_minor: 5000, lease_s: 14_400 }, phases: [], keys: [], code_step_s: 60, skew_s: 120,
    coupons: [{ coupon_id: "cpn_1", version: 1, merchant_id: null, face_minor: 2000, summary: "", summary_en: "", count_max: 9, value_max_minor: 9000, windows: null, terms: { ...TERMS, ...terms }, ...coupon }],
    ...change,
  } as unknown as Lease;
}
const empty: Journal = { claims: new Set(), all: { count: 0, minor: 0 }, byCoupon: new Map() };

describe("the judge without a server", () => {
  it.each<[string, Lease | null, Journal, string]>([
    ["no lease", null, empty, "lease_over"],
    ["its last instant is over", lease({ expires_at: new Date(NOW).toISOString() }), empty, "lease_over"],
    ["used here", lease(), { ...empty, claims: new Set(["clm_1"]) }, "used_here"],
    ["another coupon", lease({}, { coupon_id: "cpn_2" }), empty, "not_leased"],
    ["above the floor limit", lease({}, { face_minor: 10_001 }), empty, "over_limit"],
    ["the lease's count is used", lease(), { ...empty, all: { count: 2, minor: 0 } }, "over_limit"],
    ["the coupon's count is used", lease({}, { count_max: 1 }), { ...empty, byCoupon: new Map([["cpn_1", { count: 1, minor: 1 }]]) }, "over_limit"],
    ["online only", lease({}, {}, { channels: ["online"] }), empty, "wrong_channel"],
    ["another merchant's", lease({}, { merchant_id: "mer_2" }), empty, "wrong_store"],
    ["another store", lease({}, {}, { scope: { ...TERMS.scope, store_ids: ["sto_2"] } }), empty, "wrong_store"],
    ["outside its hours (12:00 in Shanghai)", lease({}, {}, { hours: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from_minute: 721, to_minute: 1440 }] }), empty, "outside_hours"],
    ["no phase is on", lease({}, { windows: [{ starts_at: "2026-11-11T04:00:00.001Z", ends_at: "2026-11-12T00:00:00Z" }] }), empty, "phase_not_open"],
    ["not yet", lease({}, {}, { usable_from: "2026-11-11T04:00:00.001Z" }), empty, "not_yet_usable"],
    ["no more", lease({}, {}, { usable_until: "2026-11-11T04:00:00Z" }), empty, "claim_expired"],
  ])("refuses: %s", (_, given, journal, code) => expect(judge(given, "clm_1", "cpn_1", journal, NOW)).toEqual({ ok: false, code }));

  it("accepts within all bounds", () => {
    const bounds = lease({}, { windows: [{ starts_at: "2026-11-11T04:00:00Z", ends_at: "2026-11-12T00:00:00Z" }], face_minor: 10_000 }, { hours: [{ weekdays: [3], from_minute: 720, to_minute: 721 }] });
    expect(judge(bounds, "clm_1", "cpn_1", { ...empty, all: { count: 1, minor: 0 } }, NOW).ok).toBe(true);
  });
  it("lets a supervisor pass the limits and nothing else", () => {
    const spent = { ...empty, all: { count: 2, minor: 5000 } };
    expect(judge(lease(), "clm_1", "cpn_1", spent, NOW).ok).toBe(false);
    expect(judge(lease(), "clm_1", "cpn_1", spent, NOW, true).ok).toBe(true);
    expect(judge(lease(), "clm_1", "cpn_1", { ...spent, claims: new Set(["clm_1"]) }, NOW, true)).toEqual({ ok: false, code: "used_here" });
    expect(judge(lease({}, {}, { usable_until: "2026-11-11T04:00:00Z" }), "clm_1", "cpn_1", spent, NOW, true)).toEqual({ ok: false, code: "claim_expired" });
    expect(judge(lease({}, { coupon_id: "cpn_2" }), "clm_1", "cpn_1", spent, NOW, true)).toEqual({ ok: false, code: "not_leased" });
  });
  it("does not count against the limits what a supervisor let pass", () => {
    const book = emptyBook();
    const use = { code: "x", amount_minor: 2000, line_numbers: [], claim_id: "clm_1", coupon_id: "cpn_1" };
    note(book, { kind: "redemption", lease_id: "lea_1", receipt_id: "R1", codes: [{ ...use, is_overridden: true }] } as unknown as Body, "lea_1");
    expect([book.all.count, book.claims.has("clm_1")]).toEqual([0, true]);
    note(book, { kind: "redemption", lease_id: "lea_1", receipt_id: "R2", codes: [{ ...use, claim_id: "clm_2" }] } as unknown as Body, "lea_1");
    expect(book.all).toEqual({ count: 1, minor: 2000 });
    expect(isWithin(lease(), lease().coupons[0]!, 2000, { ...empty, all: { count: 2, minor: 0 } })).toBe(false);
    expect(isWithin(lease(), lease().coupons[0]!, 2000, { ...empty, all: { count: 1, minor: 0 } })).toBe(true);
  });
  it("keeps to the value of the lease, to the last minor unit", () => {
    const given = lease();
    const journal = (minor: number): Journal => ({ ...empty, all: { count: 1, minor } });
    expect(fits(given, given.coupons[0]!, 2000, journal(3000))).toBe(true);
    expect(fits(given, given.coupons[0]!, 2000, journal(3001))).toBe(false);
    expect(fits(given, given.coupons[0]!, 2001, empty)).toBe(false);
  });
});

describe("a basket without a server", () => {
  const line = (skuId: string, grossMinor: number, quantity = 1): BasketLine => ({ skuId, categoryId: "茶", quantity, grossMinor });
  const gives = (terms: Record<string, unknown>, lines: BasketLine[]) => {
    const net = lines.map((one) => one.grossMinor);
    const found = apply([{ claimId: "clm_1", leased: lease({}, {}, terms).coupons[0]! }], lines, net).get("clm_1")!;
    return { ...found, net };
  };
  it("needs the threshold, to the last minor unit", () => {
    expect(gives({}, [line("a", 9999)])).toMatchObject({ amountMinor: 0, refusal: "below_threshold" });
    expect(gives({}, [line("a", 10_000)])).toMatchObject({ amountMinor: 2000, net: [8000], lineNumbers: [1] });
  });
  it("shares by the largest remainder", () => expect(gives({ threshold_minor: 0, amount_minor: 100 }, [line("a", 100), line("b", 100), line("c", 100)]).net).toEqual([66, 67, 67]));
  it("rounds shares of a hundred down and keeps the cap", () => {
    expect(gives({ kind: "percent", rate_bp: 1000, cap_minor: 500, threshold_minor: 0 }, [line("a", 1999)]).amountMinor).toBe(199);
    expect(gives({ kind: "percent", rate_bp: 1000, cap_minor: 150, threshold_minor: 0 }, [line("a", 1999)]).amountMinor).toBe(150);
  });
  it("leaves the smallest payable amount", () => expect(gives({ threshold_minor: 0 }, [line("a", 1500)]).amountMinor).toBe(1499));
  it("looks only at goods in its scope", () => {
    const scope = { ...TERMS.scope, sku_ids: ["b"] };
    expect(gives({ scope, threshold_minor: 0 }, [line("a", 5000)])).toMatchObject({ refusal: "nothing_eligible" });
    expect(gives({ scope, threshold_minor: 0 }, [line("a", 5000), line("b", 3000)])).toMatchObject({ net: [5000, 1000], lineNumbers: [2] });
  });
  it("sells one unit at the exchange price, which does not earn itself", () => {
    const terms = { kind: "exchange", exchange_sku_id: "b", exchange_price_minor: 100, cap_minor: 1100, threshold_minor: 3000 };
    expect(gives(terms, [line("a", 2999), line("b", 1200)])).toMatchObject({ refusal: "below_threshold" });
    expect(gives(terms, [line("a", 3000), line("b", 1200)])).toMatchObject({ amountMinor: 1100, lineNumbers: [2] });
  });
  it("takes merchants' coupons before the platform's", () => {
    const lines = [line("a", 10_000)];
    const net = [10_000];
    const own = lease({}, { merchant_id: "mer_1" }, { kind: "percent", rate_bp: 5000, cap_minor: 9000, threshold_minor: 0 }).coupons[0]!;
    const all = apply([{ claimId: "clm_a", leased: lease().coupons[0]! }, { claimId: "clm_b", leased: own }], lines, net);
    expect([all.get("clm_a")?.amountMinor, all.get("clm_b")?.amountMinor, net[0]]).toEqual([2000, 5000, 3000]);
  });
  it("takes the lowest price of the phases that are on", () => {
    const good = { price_minor: 900, phase_prices: [{ phase_id: "pha_1", price_minor: 700 }, { phase_id: "pha_2", price_minor: 500 }] };
    expect(unitNow(good, [{ phase_id: "pha_1", starts_at: "2026-11-11T04:00:00Z", ends_at: "2026-11-11T05:00:00Z" }], NOW)).toBe(700);
    expect(unitNow(good, [], NOW)).toBe(900);
  });
});

describe("time without a server", () => {
  const anchor = { serverMs: NOW, deviceMs: 500_000, steadyMs: 1000 };
  it("follows the steady clock, whatever the device's clock is set to", () => {
    expect(estimate(anchor, 99_999_999_999, 61_000, 0)).toEqual({ nowMs: NOW + 60_000, elapsedMs: 60_000 });
    expect(driftS(anchor, 500_000 + 86_400_000, 1000)).toBe(86_400);
  });
  it("after a restart takes the device's clock with its last offset, never before what was logged", () => {
    const old = { ...anchor, steadyMs: null };
    expect(estimate(old, 560_000, 5, 0)).toEqual({ nowMs: NOW + 60_000, elapsedMs: null });
    expect(estimate(old, 0, 5, NOW + 5000).nowMs).toBe(NOW + 5000);
  });
  it("ends after a day", () => {
    expect(isDayOver(anchor, NOW + OFFLINE_MAX_MS - 1)).toBe(false);
    expect(isDayOver(anchor, NOW + OFFLINE_MAX_MS)).toBe(true);
  });
});

describe("the log on the device", () => {
  let name = "";
  beforeEach(() => {
    name = `till-${crypto.randomUUID()}`;
  });
  const begun = async (): Promise<TillLog> => {
    const log = await TillLog.open(name);
    await log.begin(DEVICE, await genesis(DEVICE));
    return log;
  };
  it("survives a restart, whole and in order", async () => {
    const log = await begun();
    for (const text of ["one", "two", "three"]) await log.append((seq) => JSON.stringify({ seq, text }), NOW);
    log.close();
    const again = await begun();
    const records = await again.records();
    expect(records.map((one) => one.seq)).toEqual([1, 2, 3]);
    expect(await firstBroken(await genesis(DEVICE), records)).toBeNull();
  });
  it("gives no number twice, whoever writes at once", async () => {
    const [one, two] = [await begun(), await begun()];
    await Promise.all(Array.from({ length: 20 }, (_, place) => (place % 2 ? one : two).append((seq) => `${seq} ${place}`, NOW)));
    const records = await one.records();
    expect(records.map((record) => record.seq)).toEqual(Array.from({ length: 20 }, (_, place) => place + 1));
    expect(await firstBroken(await genesis(DEVICE), records)).toBeNull();
  });
  it.each(["make", "hash", "begin", "add", "head", "commit"])("killed at the step %s shows nothing that is not kept", async (step) => {
    const log = await begun();
    await log.append(() => "before", NOW);
    let shown = false;
    const killed = new Error("power cut");
    const spies = {
      make: () => undefined,
      hash: () => vi.spyOn(crypto.subtle, "digest").mockRejectedValueOnce(killed),
      begin: () => vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementationOnce(() => { throw killed; }),
      add: () => vi.spyOn(IDBObjectStore.prototype, "add").mockImplementationOnce(() => { throw killed; }),
      head: () => vi.spyOn(IDBObjectStore.prototype, "put").mockImplementationOnce(() => { throw killed; }),
      commit: () => vi.spyOn(IDBObjectStore.prototype, "put").mockImplementationOnce(function (this: IDBObjectStore) { this.transaction.abort(); throw killed; }),
    } as Record<string, () => unknown>;
    spies[step]!();
    await log
      .append(() => {
        if (step === "make") throw killed;
        return "sale";
      }, NOW)
      .then(() => (shown = true))
      .catch(() => undefined);
    vi.restoreAllMocks();
    const kept = (await (await begun()).records()).map((one) => one.body);
    expect(shown).toBe(false);
    expect(kept.length === 1 || (kept.length === 2 && kept[1] === "sale")).toBe(true);
    const meta = await log.meta();
    expect(meta?.head.seq).toBe(kept.length);
    await log.append(() => "after", NOW);
    expect(await firstBroken(await genesis(DEVICE), await log.records())).toBeNull();
  });
  it("refuses to begin anew while records wait", async () => {
    const log = await begun();
    await log.append(() => "sale", NOW);
    await expect(log.begin("dev_other", await genesis("dev_other"))).rejects.toThrow("not uploaded");
    await log.uploaded(2);
    await log.begin("dev_other", await genesis("dev_other"));
    expect(await log.records()).toEqual([]);
  });
});

describe("the book that the log makes", () => {
  const body = (kind: Body["kind"], more: Partial<Body>): LogRecord => ({ seq: 1, prev_hash: "", hash: "", body: JSON.stringify({ v: 1, kind, lease_id: "lea_1", happened_at: "", clock: {}, ...more }) });
  const use = (claim: string, amount: number) => ({ code: "x", amount_minor: amount, line_numbers: [], claim_id: claim, coupon_id: "cpn_1" });
  it("counts uses of this lease, and an undo gives nothing back but the claim", () => {
    const book = readBook([body("sale", { receipt_id: "r1", codes: [use("clm_1", 700)] }), body("redemption", { receipt_id: "r2", codes: [use("clm_2", 300)] }), body("undo", { receipt_id: "r1" }), body("sale", { receipt_id: "r3", lease_id: "lea_0", codes: [use("clm_3", 50)] })], "lea_1");
    expect([...book.claims]).toEqual(["clm_2", "clm_3"]);
    expect(book.all).toEqual({ count: 2, minor: 1000 });
  });
});
