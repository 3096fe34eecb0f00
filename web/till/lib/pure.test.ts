import { describe, expect, it } from "vitest";
import { press } from "./amount";
import { unbase45 } from "./base45";
import { cashKeys, faces, total } from "./denominations";
import { newReceiptId } from "./receipt-id";
import { classify, isGtin } from "../scan/classify";
import { LENGTH_MIN, Wedge } from "../scan/wedge";
import { newLink, next, STABLE_MS } from "../state/link";

const bytes = (text: string | null): string => new TextDecoder().decode(unbase45(text ?? "") ?? new Uint8Array());

describe("base 45", () => {
  it("reads the examples of RFC 9285", () => {
    expect(bytes("%69 VD92EX0")).toBe("Hello!!");
    expect(bytes("UJCLQE7W581")).toBe("base-45");
    expect(bytes("QED8WEX0")).toBe("ietf!");
  });
  it("puts the blank in front back that a scanner trimmed", () => {
    expect(unbase45(" KO00")).toEqual(new Uint8Array([0xc1, 0x80, 0]));
    expect(unbase45("KO00")).toEqual(unbase45(" KO00"));
  });
  it.each(["GGW", "A", "ab", ":::", "ZZZZ"])("refuses %s", (text) => expect(unbase45(text)).toBeNull());
});

describe("what a scan is", () => {
  it.each([
    ["6901234567892", "goods"],
    ["96385074", "goods"],
    ["6901234567893", "unknown"],
    ["1234 5678 9013", "digits"],
    ["FAIRDAY:TILL:7KQM2XPD", "setup"],
    ["https://fair.example/till/?pair=7KQM-2XPD", "setup"],
    ["HELLO", "unknown"],
    ["", "unknown"],
  ])("%s is %s", (text, kind) => expect(classify(text).kind).toBe(kind));
  it("knows check digits", () => {
    expect(isGtin("4006381333931")).toBe(true);
    expect(isGtin("4006381333932")).toBe(false);
  });
});

describe("a wedge scanner", () => {
  const type = (text: string, gap: number): string | null => {
    const wedge = new Wedge();
    let at = 1000;
    for (const key of text) wedge.key(key, (at += gap));
    return wedge.key("Enter", at + gap);
  };
  it("is told from a hand by its speed", () => {
    expect(type("6901234567892", 8)).toBe("6901234567892");
    expect(type("6901234567892", 120)).toBeNull();
  });
  it("needs a whole code", () => expect(type("1".repeat(LENGTH_MIN - 1), 8)).toBeNull());
  it("forgets what a hand typed before", () => {
    const wedge = new Wedge();
    wedge.key("x", 0);
    [..."69012345"].forEach((key, place) => wedge.key(key, 500 + place * 10));
    wedge.key("Shift", 575);
    expect(wedge.key("Enter", 580)).toBe("69012345");
  });
});

describe("cash", () => {
  it("offers the exact sum first, then what people hand over", () => expect(cashKeys(3780, "CNY")).toEqual([3780, 3800, 4000, 5000, 10000]));
  it("offers a note that fits once", () => expect(cashKeys(5000, "CNY")).toEqual([5000, 6000, 10000]));
  it("asks nothing for nothing", () => expect(cashKeys(0, "CNY")).toEqual([0]));
  it("sums a counted drawer", () => expect(total(new Map([[10000, 3], [500, 2], [10, 7]]))).toBe(31070));
  it("lists faces from large to small", () => {
    for (const currency of ["CNY", "EUR", "USD", "JPY", "XXX"]) expect(faces(currency)).toEqual([...faces(currency)].sort((a, b) => b - a));
  });
  it("runs digits in from the right", () => {
    expect(["1", "2", "00", "back"].reduce(press, 0)).toBe(120);
    expect(press(123456789, "1")).toBe(123456789);
    expect(press(5, "clear")).toBe(0);
  });
});

describe("receipt ids", () => {
  it("are UUIDv7 and sort by time", () => {
    const early = newReceiptId(1_700_000_000_000);
    const late = newReceiptId(1_700_000_000_001);
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
  });
});

describe("online or offline", () => {
  it("goes offline at the first silence", () => expect(next(newLink(0), { kind: "silence", at: 10 })).toMatchObject({ mode: "offline", since: 10 }));
  it("comes back only when stable", () => {
    let link = next(newLink(0), { kind: "silence", at: 0 });
    for (const at of [1000, 2000, 3000]) link = next(link, { kind: "answer", at });
    expect(link.mode).toBe("offline");
    link = next(link, { kind: "answer", at: 1000 + STABLE_MS });
    expect(link.mode).toBe("online");
  });
  it("starts over when the network flaps", () => {
    let link = next(newLink(0), { kind: "silence", at: 0 });
    for (const at of [1000, 2000, 3000, 4000]) link = next(link, { kind: "answer", at });
    link = next(link, { kind: "silence", at: 4500 });
    link = next(link, { kind: "answer", at: 6000 });
    expect(link).toMatchObject({ mode: "offline", since: 0, goodCount: 1 });
  });
  it("stays offline while the clerk wants it", () => {
    let link = next(newLink(0), { kind: "force", isForced: true, at: 0 });
    for (let at = 0; at < 20_000; at += 2000) link = next(link, { kind: "answer", at });
    expect(link.mode).toBe("offline");
    link = next(link, { kind: "force", isForced: false, at: 20_000 });
    for (let at = 20_000; at < 30_000; at += 2000) link = next(link, { kind: "answer", at });
    expect(link.mode).toBe("online");
  });
});
