/**
 * Talk to Fairday's HTTP API with the types of openapi.json. The session is a cookie of this app (the header `Fairday-App` chooses it);
 * a write that got no answer, or "busy", is sent again under the same Idempotency-Key, so nothing is done twice.
 */
import createClient, { type Client } from "openapi-fetch";
import { forgetFirst, takeFirst } from "./first";
import type { components, paths } from "./schema.gen";
import { ApiError, type Problem } from "./problem";

export type App = "shop" | "till" | "till-device" | "console";
export type Api = Client<paths>;
/** A document of the API by its name in openapi.json. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

const TRIES = 4;
const PAUSE_MS = 400;

export function makeApi(app: App): Api {
  return createClient<paths>({
    baseUrl: location.origin,
    credentials: "same-origin",
    fetch: (request: Request) => {
      const first = request.method === "GET" ? takeFirst(app, request.url) : forgetFirst();
      return first ? Promise.resolve(first) : persistently(withHeaders(request, app));
    },
  });
}

/** Give the document of a call, or throw an `ApiError` that tells the person what to do. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result: { data?: T; error?: unknown; response: Response };
  try {
    result = await call;
  } catch (error) {
    throw ApiError.offline(error);
  }
  if (result.response.ok) return result.data as T;
  throw ApiError.of(result.response, result.error as Partial<Problem> | undefined);
}

function withHeaders(request: Request, app: App): Request {
  request.headers.set("Fairday-App", app);
  request.headers.set("Accept-Language", document.documentElement.lang || "zh-CN");
  return request;
}

/** Send, and send again while the outcome is unknown or the server is busy; only where a key makes that safe. */
async function persistently(request: Request): Promise<Response> {
  const isSafe = request.method === "GET" || request.headers.has("Idempotency-Key");
  for (let tried = 1; ; tried += 1) {
    const isLast = !isSafe || tried === TRIES;
    try {
      const response = await fetch(isLast ? request : request.clone());
      if (isLast || !(await shouldAskAgain(response))) return response;
      await pause(1000 * Number(response.headers.get("Retry-After") ?? 0) || PAUSE_MS * tried);
    } catch (error) {
      if (isLast || request.signal.aborted || navigator.onLine === false) throw error;
      await pause(PAUSE_MS * tried);
    }
  }
}

async function shouldAskAgain(response: Response): Promise<boolean> {
  if (response.status === 503) return true;
  if (response.status !== 409) return false;
  const problem = (await response.clone().json().catch(() => null)) as Partial<Problem> | null;
  return problem?.code === "in_flight";
}

/** Wait about `ms`, with jitter, so that a crowd does not come back at the same instant. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5000) * (0.75 + Math.random() / 2)));
}
