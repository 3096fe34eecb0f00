/** Tell a JSON Schema in words, and make an example from it. */
import type { Media, OpenApi, Operation, Schema } from "./openapi";

const DEPTH_MAX = 8;

/** Follow a reference; a schema without one is itself. An unknown reference is an empty schema: anything may stand there. */
export function resolve(document: OpenApi, schema: Schema | undefined): Schema {
  let found: Schema = schema ?? {};
  for (let hops = 0; found.$ref && hops < DEPTH_MAX; hops++) {
    const { $ref, ...beside } = found;
    found = { ...(document.components?.schemas?.[$ref.split("/").pop() ?? ""] ?? {}), ...beside };
  }
  return found;
}

export function referenceName(schema: Schema | undefined): string | null {
  return schema?.$ref?.split("/").pop() ?? null;
}

/** Split "this or null" into this and whether null may stand there. */
export function unwrap(schema: Schema): { schema: Schema; isNullable: boolean } {
  const options = schema.anyOf ?? schema.oneOf;
  const others = options?.filter((option) => option.type !== "null");
  const [only] = others ?? [];
  if (options && only && others?.length === 1) {
    const { anyOf: _anyOf, oneOf: _oneOf, ...beside } = schema;
    return { schema: { ...only, ...beside }, isNullable: options.length > 1 };
  }
  if (Array.isArray(schema.type) && schema.type.includes("null")) {
    const rest = schema.type.filter((type) => type !== "null");
    return { schema: { ...schema, type: rest.length === 1 ? rest[0]! : rest }, isNullable: true };
  }
  return { schema, isNullable: false };
}

/** Name the type in a few words: "string (date-time) or null", "array of OrderLine". */
export function typeName(document: OpenApi, given: Schema | undefined): string {
  const { schema, isNullable } = unwrap(given ?? {});
  return bareTypeName(document, schema) + (isNullable ? " | null" : "");
}

function bareTypeName(document: OpenApi, schema: Schema): string {
  const name = referenceName(schema);
  if (name) return resolve(document, schema).enum ? "enum" : name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map((option) => typeName(document, option)).join(" | ");
  if (schema.enum) return "enum";
  if (schema.type === "array") {
    if (schema.prefixItems) return `[${schema.prefixItems.map((item) => typeName(document, item)).join(", ")}]`;
    return `${typeName(document, typeof schema.items === "object" ? schema.items : {})}[]`;
  }
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return schema.format ? `${type} (${schema.format})` : type;
}

/** List the limits that a value must keep, each in a few characters. */
export function limits(document: OpenApi, given: Schema | undefined): string[] {
  const schema = resolve(document, unwrap(given ?? {}).schema);
  const told: [string, unknown][] = [
    ["≥", schema.minimum],
    [">", schema.exclusiveMinimum],
    ["≤", schema.maximum],
    ["<", schema.exclusiveMaximum],
    ["length ≥", schema.minLength],
    ["length ≤", schema.maxLength],
    ["items ≥", schema.minItems],
    ["items ≤", schema.maxItems],
    ["pattern", schema.pattern],
    ["default", given?.default === undefined ? undefined : JSON.stringify(given.default)],
  ];
  const words = told.filter(([, value]) => value !== undefined && value !== "null").map(([word, value]) => `${word} ${String(value)}`);
  return schema.enum ? [...words, schema.enum.map((value) => JSON.stringify(value)).join(" · ")] : words;
}

/** The object whose properties are worth opening under a field: itself, or an array's items. Null when there is none. */
export function inner(document: OpenApi, given: Schema | undefined): Schema | null {
  const { schema } = unwrap(given ?? {});
  const found = resolve(document, schema);
  if (found.properties) return found;
  if (typeof found.items === "object") return inner(document, found.items);
  return typeof found.additionalProperties === "object" ? inner(document, found.additionalProperties) : null;
}

/** Give the document's own example, or make one. */
export function exampleOf(document: OpenApi, media: Media): unknown {
  if (media.example !== undefined) return media.example;
  const named = Object.values(media.examples ?? {})[0]?.value;
  return named !== undefined ? named : sample(document, media.schema);
}

export function sample(document: OpenApi, given: Schema | undefined, name = "", depth = 0): unknown {
  const { schema } = unwrap(given ?? {});
  const found = resolve(document, schema);
  const own = found.example ?? found.examples?.[0] ?? found.const ?? found.enum?.[0] ?? given?.default;
  if (own !== undefined && own !== null) return own;
  if (depth > DEPTH_MAX) return null;
  const option = found.anyOf?.[0] ?? found.oneOf?.[0];
  if (option) return sample(document, option, name, depth + 1);
  const type = Array.isArray(found.type) ? found.type[0] : found.type;
  if (type === "object" || found.properties) {
    return Object.fromEntries(Object.entries(found.properties ?? {}).map(([key, value]) => [key, sample(document, value, key, depth + 1)]));
  }
  if (type === "array") {
    if (found.prefixItems) return found.prefixItems.map((item) => sample(document, item, name, depth + 1));
    return typeof found.items === "object" ? [sample(document, found.items, name, depth + 1)] : [];
  }
  if (type === "integer" || type === "number") return Math.max(found.minimum ?? 1, (found.exclusiveMinimum ?? 0) + 1);
  if (type === "boolean") return true;
  if (type === "string") return sampleText(found, name);
  return null;
}

function sampleText(schema: Schema, name: string): string {
  if (schema.format === "date-time") return "2026-11-11T00:00:00Z";
  if (schema.format === "date") return "2026-11-11";
  if (name === "currency") return "CNY";
  if (name.endsWith("_id")) return `${name.slice(0, -3)}…`;
  return name || "text";
}

/** Write a call that can be pasted into a shell. Required query parameters stand in the address, path ones in braces. */
export function curl(document: OpenApi, operation: Operation, origin: string): string {
  const query = operation.parameters
    .filter((parameter) => parameter.in === "query" && parameter.required)
    .map((parameter) => `${parameter.name}=${encodeURIComponent(String(parameter.example ?? sample(document, parameter.schema, parameter.name)))}`);
  const url = origin + operation.path + (query.length ? `?${query.join("&")}` : "");
  const parts = [`curl ${operation.method === "GET" ? "" : `-X ${operation.method} `}${quote(url)}`];
  if (!operation.isPublic) parts.push(`-H "Authorization: Bearer $TOKEN"`);
  for (const parameter of operation.parameters.filter((one) => one.in === "header" && one.required)) {
    parts.push(parameter.name.toLowerCase() === "idempotency-key" ? `-H "Idempotency-Key: $(uuidgen)"` : `-H ${quote(`${parameter.name}: …`)}`);
  }
  if (operation.body) {
    parts.push(`-H ${quote(`Content-Type: ${operation.body.mediaType}`)}`);
    parts.push(isJson(operation.body.mediaType) ? `-d ${quote(JSON.stringify(exampleOf(document, operation.body.media), null, 2))}` : "--data-binary @file");
  }
  return parts.join(" \\\n  ");
}

export function isJson(mediaType: string): boolean {
  return /[/+]json\b/.test(mediaType);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
