import { expect, test, vi } from "vitest";

vi.mock("../session", () => ({ api: {} }));
const { formatOf } = await import("./importing");

test.each([
  ["export.csv", "Handle,Title,Body", "shopify"],
  ["export.csv", '\uFEFF"Handle","Title"', "shopify"],
  ["feed.xml", "<rss>", "google"],
  ["feed.txt", "id\ttitle\tprice\n", "google"],
  ["mine.csv", "external_id,name,price\n", "csv"],
])("%s that begins with %j is %s", (name, head, format) => {
  expect(formatOf(name, new TextEncoder().encode(head).buffer as ArrayBuffer)).toBe(format);
});
