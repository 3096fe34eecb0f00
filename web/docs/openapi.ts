/** Read an OpenAPI 3.1 document into what the page shows: operations by tag, and every problem code with who answers it. */
export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { summary?: string; value?: unknown }>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

export interface Response {
  description?: string;
  content?: Record<string, Media>;
}

interface RawOperation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  deprecated?: boolean;
  parameters?: Parameter[];
  requestBody?: { description?: string; required?: boolean; content?: Record<string, Media> };
  responses?: Record<string, Response>;
  security?: Record<string, string[]>[];
  "x-roles"?: string[];
}

export interface OpenApi {
  openapi?: string;
  info?: { title?: string; version?: string; summary?: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths?: Record<string, Record<string, unknown>>;
  components?: { schemas?: Record<string, Schema>; parameters?: Record<string, Parameter> };
  security?: Record<string, string[]>[];
}

export interface Problem {
  code: string;
  status: string;
}

export interface Operation {
  /** Unique on the page; the anchor of its section. */
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  isDeprecated: boolean;
  isPublic: boolean;
  roles: string[];
  parameters: Parameter[];
  body: { mediaType: string; media: Media; isRequired: boolean } | null;
  /** Answers below 400. */
  answers: { status: string; response: Response }[];
  problems: Problem[];
  /** Lower-case text that the search looks at. */
  haystack: string;
}

export interface Tag {
  name: string;
  description: string;
  operations: Operation[];
}

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];

/** List the operations by tag, in the document's own order of tags. */
export function readTags(document: OpenApi): Tag[] {
  const tags = new Map<string, Tag>((document.tags ?? []).map(({ name, description }) => [name, { name, description: description ?? "", operations: [] }]));
  const taken = new Set<string>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const raw = item[method] as RawOperation | undefined;
      if (!raw) continue;
      const shared = (item["parameters"] as Parameter[] | undefined) ?? [];
      const operation = readOperation(document, path, method, raw, shared);
      if (taken.has(operation.id)) operation.id = anchor(method, path);
      taken.add(operation.id);
      const tag = tags.get(operation.tag) ?? { name: operation.tag, description: "", operations: [] };
      tags.set(operation.tag, tag);
      tag.operations.push(operation);
    }
  }
  return [...tags.values()].filter((tag) => tag.operations.length > 0);
}

function readOperation(document: OpenApi, path: string, method: string, raw: RawOperation, shared: Parameter[]): Operation {
  const responses = Object.entries(raw.responses ?? {});
  const [mediaType, media] = Object.entries(raw.requestBody?.content ?? {})[0] ?? [];
  const problems = responses.flatMap(([status, response]) => (isProblem(status) ? problemCodes(response).map((code) => ({ code, status })) : []));
  const tag = raw.tags?.[0] ?? "other";
  const summary = raw.summary ?? "";
  return {
    id: raw.operationId ?? anchor(method, path),
    method: method.toUpperCase(),
    path,
    tag,
    summary,
    description: raw.description === summary ? "" : (raw.description ?? ""),
    isDeprecated: raw.deprecated ?? false,
    isPublic: (raw.security ?? document.security ?? []).length === 0,
    roles: raw["x-roles"] ?? [],
    parameters: [...shared, ...(raw.parameters ?? [])].map((one) => resolveParameter(document, one)),
    body: mediaType && media ? { mediaType, media, isRequired: raw.requestBody?.required ?? false } : null,
    answers: responses.filter(([status]) => !isProblem(status)).map(([status, response]) => ({ status, response })),
    problems,
    haystack: [method, path, tag, summary, raw.operationId, raw.description, ...problems.map((one) => one.code)].join(" ").toLowerCase(),
  };
}

function anchor(method: string, path: string): string {
  return `${method}${path.replace(/\W+/g, "-")}`;
}

function isProblem(status: string): boolean {
  return /^[45]/.test(status) || status === "default";
}

/** The codes stand in backticks in the response's description; examples of problem documents name theirs too. */
function problemCodes(response: Response): string[] {
  const told = [...(response.description ?? "").matchAll(/`([a-z][a-z0-9_]*)`/g)].map((match) => match[1] ?? "");
  const shown = Object.values(response.content ?? {}).flatMap((media) =>
    [media.example, ...Object.values(media.examples ?? {}).map((one) => one.value)].map((value) => (value as { code?: unknown } | undefined)?.code),
  );
  return [...new Set([...told, ...shown.filter((code) => typeof code === "string")])];
}

function resolveParameter(document: OpenApi, parameter: Parameter): Parameter {
  const name = (parameter as { $ref?: string }).$ref?.split("/").pop();
  return (name && document.components?.parameters?.[name]) || parameter;
}

export interface ProblemEntry extends Problem {
  operations: Operation[];
}

/** Every problem code once, by name, with the operations that may answer it. */
export function readProblems(tags: Tag[]): ProblemEntry[] {
  const entries = new Map<string, ProblemEntry>();
  for (const operation of tags.flatMap((tag) => tag.operations)) {
    for (const { code, status } of operation.problems) {
      const entry = entries.get(code) ?? { code, status, operations: [] };
      entries.set(code, entry);
      entry.operations.push(operation);
    }
  }
  return [...entries.values()].sort((a, b) => a.code.localeCompare(b.code));
}

/** Keep what holds every word of the query. */
export function search(tags: Tag[], query: string): Tag[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return tags;
  return tags
    .map((tag) => ({ ...tag, operations: tag.operations.filter((operation) => words.every((word) => operation.haystack.includes(word))) }))
    .filter((tag) => tag.operations.length > 0);
}
