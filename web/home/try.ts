/**
 * Set up the counter at which a newcomer tries the till: a till of its own in the demo clerk's store, and a code that pairs this
 * browser with it. Sandbox only: it acts as the demo merchant for a moment, whose password this machine alone is told.
 */
import { Intent } from "@shared/api/intent";
import type { SandboxLogin } from "./api";

/** Who works at the counter that is tried. */
export interface Counter {
  merchant: SandboxLogin;
  clerk: SandboxLogin;
  till: SandboxLogin;
}

interface Till {
  till_id: string;
  store_id: string;
  name: string;
  status: string;
}

const NAME = "体验收银台";

/** Find the demo's counter among the logins; null when this machine is not told of one. */
export function counterOf(logins: readonly SandboxLogin[]): Counter | null {
  const of = (role: string): SandboxLogin | undefined => logins.find((one) => one.role === role);
  const [merchant, clerk, till] = [of("merchant"), of("clerk"), of("till")];
  return merchant && clerk && till ? { merchant, clerk, till } : null;
}

/** Return the address of a till page that pairs itself and knows its clerk. Raises: Error when the server refuses. */
export async function readyTill(counter: Counter, lang: string): Promise<string> {
  const session = await call<{ token: string }>("POST", "/sessions", "", { login: counter.merchant.login, password: counter.merchant.secret });
  try {
    const { items } = await call<{ items: Till[] }>("GET", "/tills?limit=100", session.token);
    const store = items.find((one) => one.till_id === counter.till.login)?.store_id ?? "";
    const known = items.find((one) => one.store_id === store && one.name === NAME && one.status !== "closed");
    const till = known ?? (await call<Till>("POST", "/tills", session.token, { store_id: store, name: NAME }));
    const setup = await call<{ code: string }>("POST", `/tills/${till.till_id}/setup-codes`, session.token);
    return `/till/redeem?${new URLSearchParams({ pair: setup.code, clerk: counter.clerk.login, lang }).toString()}`;
  } finally {
    await call("DELETE", "/sessions/current", session.token).catch(() => undefined);
  }
}

async function call<T>(method: string, path: string, token: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", ...new Intent().header };
  if (token) headers["Authorization"] = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(`/v1${path}`, { method, headers, credentials: "omit", ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return (response.status === 204 ? null : await response.json()) as T;
}
