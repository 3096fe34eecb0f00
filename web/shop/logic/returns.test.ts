import { expect, test } from "vitest";
import { aftersale, allPicks, firstPicks, leftOf, ownWords, pickedLines, returnableUntil, wayBack, WINDOW_MS, type OrderLike, type PartLike } from "./returns";

const LEFT = "2026-11-11T08:00:00Z";
const line = (quantity: number, returned = 0, asked = 0) => ({ line_id: `l${quantity}`, quantity, returned_quantity: returned, asked_back_quantity: asked });
const part = (change: Partial<PartLike> = {}): PartLike => ({ status: "fulfilled", fulfilled_at: LEFT, lines: [line(2)], ...change });
const order = (parts: PartLike[], change: Partial<OrderLike> = {}): OrderLike => ({ status: "fulfilled", channel: "online", placed_at: "2026-11-10T00:00:00Z", merchant_orders: parts, ...change });
const way = (one: PartLike, nowMs: number | null = Date.parse(LEFT), change: Partial<OrderLike> = {}) => wayBack(order([one], change), one, nowMs);

test("before the goods leave the money alone goes back, then the goods, until seven days are over to the millisecond", () => {
  const end = Date.parse(LEFT) + WINDOW_MS;
  expect(way(part({ status: "paid", fulfilled_at: null }))).toBe("money");
  expect(way(part(), end - 1)).toBe("goods");
  expect(way(part(), end)).toBe("over");
  expect(way(part(), null)).toBe("goods");
});

test("nothing goes back of what is unpaid, closed, or back already; a till's goods go back at its counter", () => {
  for (const status of ["pending_payment", "cancelled", "refunded"]) expect(way(part({ status }))).toBeNull();
  expect(way(part({ lines: [line(2, 1, 1)] }))).toBeNull();
  expect(way(part({ lines: [line(2, 1)] }))).toBe("goods");
  expect(way(part(), Date.parse(LEFT), { channel: "in_store" })).toBe("till");
});

test("a part that tells no instant of leaving counts from the order's", () => {
  expect(returnableUntil(order([]), part({ fulfilled_at: null }))).toBe(Date.parse("2026-11-17T00:00:00Z"));
  expect(returnableUntil(order([]), part({ status: "paid" }))).toBeNull();
});

test("an order tells that something is asked back before it tells that something is back", () => {
  expect(aftersale(order([part()]))).toBeNull();
  expect(aftersale(order([part({ lines: [line(3, 1)] })]))).toBe("part");
  expect(aftersale(order([part({ lines: [line(3, 1)] }), part({ lines: [line(2, 0, 1)] })]))).toBe("asked");
  expect(aftersale(order([part({ lines: [line(3, 3)] })], { status: "refunded" }))).toBeNull();
});

test("the only piece is chosen at once, of more the person chooses", () => {
  expect(firstPicks([line(1), line(2, 2)])).toEqual({ l1: 1 });
  expect(firstPicks([line(2)])).toEqual({});
  expect(firstPicks([line(1), line(2)])).toEqual({});
  expect(allPicks([line(1), line(3, 1), line(2, 2)])).toEqual({ l1: 1, l3: 2 });
});

test("what is asked for is never more than what is left", () => {
  expect(leftOf({ line_id: "l", quantity: 4 })).toBe(4);
  expect(pickedLines([line(3, 1, 1), line(2), line(1)], { l3: 2, l2: 0, l1: 1 })).toEqual([{ line_id: "l3", quantity: 1 }, { line_id: "l1", quantity: 1 }]);
});

test("the page says in its own words what the server says in instants and minor units", () => {
  expect(ownWords("return_window_over")).toBe("return_window_over");
  expect(ownWords("return_waits")).toBeNull();
});
