import { describe, expect, test } from "vitest";
import { compactMoney, currencySymbol, fractionDigits, money, nameOf, offerMoney, rate, share, timeOfDay, wholeMoney } from "./format";

describe("money", () => {
  test("knows each currency's minor units", () => {
    expect(["CNY", "JPY", "KWD"].map(fractionDigits)).toEqual([2, 0, 3]);
  });

  test("cuts the cents and never overstates", () => {
    expect(wholeMoney(123_456_99, "CNY", "zh-CN")).toBe("¥123,456");
    expect(wholeMoney(123_456, "JPY", "en")).toBe("¥123,456");
  });

  test("says large sums in the reader's own units", () => {
    expect(compactMoney(123_456_789_00, "CNY", "zh-CN")).toBe("¥1.235亿");
    expect(compactMoney(123_456_789_00, "CNY", "en")).toBe("¥123.5M");
  });

  test.each(["CNY", "USD", "EUR", "GBP", "HKD", "SGD", "JPY", "KRW", "KWD"])("writes %s as Intl does, in both languages", (currency) => {
    const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
    for (const locale of ["zh-CN", "en"] as const) {
      const intl = (minor: number, places: number): string =>
        new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: places, maximumFractionDigits: places }).format(minor / 10 ** digits);
      for (const minor of [0, 1, 5, 99, 100, 990, 12_345, 100_000, -1, -250_00, 123_456_789, 999_999_999_999]) {
        expect(money(minor, currency, locale)).toBe(intl(minor, digits));
        expect(offerMoney(minor, currency, locale)).toBe(intl(minor, minor % 10 ** digits === 0 ? 0 : digits));
      }
      expect(currencySymbol(currency, locale)).toBe(new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).formatToParts(0).find((part) => part.type === "currency")?.value);
      expect(fractionDigits(currency)).toBe(digits);
    }
  });

  test("finds the symbol", () => {
    expect(currencySymbol("CNY", "en")).toBe("¥");
  });
});

test("the two channels always add up to a hundred", () => {
  expect(share(1, 2)).toEqual([33.3, 66.7]);
  expect(share(0, 5)).toEqual([0, 100]);
  expect(share(0, 0)).toBeNull();
});

test("a rate keeps one decimal while it is small", () => {
  expect(rate(3.14159, "en")).toBe("3.1");
  expect(rate(1234.56, "en")).toBe("1,235");
});

test("times are told in the festival's zone, midnight as 00", () => {
  expect(timeOfDay("2026-11-10T16:00:00Z", "Asia/Shanghai", "zh-CN")).toBe("00:00:00");
  expect(timeOfDay("2026-11-10T15:59:55.900Z", "Asia/Shanghai", "en")).toBe("23:59:55");
  expect(timeOfDay("no instant", "Asia/Shanghai", "en")).toBe("—");
});

test("a missing English name falls back to the Chinese one", () => {
  expect(nameOf({ name: "北京", name_en: null }, "en")).toBe("北京");
  expect(nameOf({ name: "北京", name_en: "Beijing" }, "en")).toBe("Beijing");
  expect(nameOf({ name: "北京", name_en: "Beijing" }, "zh-CN")).toBe("北京");
});
