import { describe, expect, test } from "vitest";
import { type OpenApi, readProblems, readTags, search } from "./openapi";
import { curl, inner, limits, resolve, sample, typeName } from "./schema";

const document: OpenApi = {
  openapi: "3.1.0",
  tags: [{ name: "coupons" }, { name: "empty" }],
  paths: {
    "/v1/coupons/{coupon_id}/claims": {
      post: {
        operationId: "claim",
        tags: ["coupons"],
        summary: "Claim a coupon.",
        security: [{ bearer: [] }],
        "x-roles": ["member"],
        parameters: [
          { name: "coupon_id", in: "path", required: true, schema: { type: "string" } },
          { name: "Idempotency-Key", in: "header", required: true, schema: { type: "string" } },
        ],
        requestBody: { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Claim" } } } },
        responses: {
          "201": { description: "Done." },
          "409": { description: "`sold_out`; `in_flight`", content: {} },
          "422": { description: "`bad_input`" },
        },
      },
    },
    "/v1/screen": { get: { operationId: "screen", tags: ["screen"], summary: "Show the totals.", security: [], responses: { "422": { description: "`bad_input`" } } } },
  },
  components: {
    schemas: {
      Claim: {
        type: "object",
        required: ["channel"],
        properties: {
          channel: { enum: ["app", "street's"] },
          note: { anyOf: [{ type: "string", maxLength: 9 }, { type: "null" }], default: null },
          lines: { type: "array", items: { $ref: "#/components/schemas/Line" }, minItems: 1 },
        },
      },
      Line: { type: "object", properties: { sku_id: { type: "string" }, quantity: { type: "integer", minimum: 1 }, inside: { $ref: "#/components/schemas/Line" } } },
    },
  },
};
const tags = readTags(document);
const claim = tags[0]!.operations[0]!;

describe("operations", () => {
  test("stand under their tags; a tag without one is left out", () => {
    expect(tags.map((tag) => [tag.name, tag.operations.map((one) => one.id)])).toEqual([
      ["coupons", ["claim"]],
      ["screen", ["screen"]],
    ]);
  });

  test("name their problem codes, who may call them, and their answers", () => {
    expect(claim.problems).toEqual([
      { code: "sold_out", status: "409" },
      { code: "in_flight", status: "409" },
      { code: "bad_input", status: "422" },
    ]);
    expect(claim.roles).toEqual(["member"]);
    expect(claim.isPublic).toBe(false);
    expect(claim.answers.map((answer) => answer.status)).toEqual(["201"]);
  });

  test("a problem code lists every operation that answers it", () => {
    const entry = readProblems(tags).find((one) => one.code === "bad_input");
    expect(entry?.operations.map((one) => one.id)).toEqual(["claim", "screen"]);
  });

  test("are found by all words of a query, whatever their case", () => {
    expect(search(tags, "POST sold_out")[0]?.operations).toEqual([claim]);
    expect(search(tags, "post nothing")).toEqual([]);
    expect(search(tags, "  ")).toBe(tags);
  });
});

test("two operations of one name have two anchors", () => {
  const twins = { get: { operationId: "list", tags: ["a"] } };
  const [tag] = readTags({ paths: { "/v1/a": twins, "/v1/b": twins } });
  expect(tag?.operations.map((one) => one.id)).toEqual(["list", "get-v1-b"]);
});

describe("schemas", () => {
  const body = resolve(document, { $ref: "#/components/schemas/Claim" });

  test("are told in a few words", () => {
    expect(typeName(document, body.properties?.["note"])).toBe("string | null");
    expect(typeName(document, body.properties?.["lines"])).toBe("Line[]");
    expect(limits(document, body.properties?.["note"])).toEqual(["length ≤ 9"]);
    expect(limits(document, body.properties?.["channel"])).toEqual(['"app" · "street\'s"']);
    expect(inner(document, body.properties?.["lines"])?.properties).toHaveProperty("sku_id");
  });

  test("a schema inside itself ends", () => {
    expect(JSON.stringify(sample(document, { $ref: "#/components/schemas/Line" })).length).toBeLessThan(1000);
  });
});

test("the curl call can be pasted, quotes and all", () => {
  const open: OpenApi = structuredClone(document);
  open.components!.schemas!["Claim"] = { type: "object", properties: { channel: { enum: ["street's"] } } };
  expect(curl(open, claim, "http://shop")).toBe(
    [
      "curl -X POST 'http://shop/v1/coupons/{coupon_id}/claims' \\",
      '  -H "Authorization: Bearer $TOKEN" \\',
      '  -H "Idempotency-Key: $(uuidgen)" \\',
      "  -H 'Content-Type: application/json' \\",
      `  -d '{\n  "channel": "street'\\''s"\n}'`,
    ].join("\n"),
  );
});
