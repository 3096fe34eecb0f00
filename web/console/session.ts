/** Know who works here, and ask the API in their name; a session that ended is renewed over the page, then the call is repeated. */
import { computed, reactive } from "vue";
import { answer, makeApi, type Schema } from "@shared/api/client";
import { ApiError } from "@shared/api/problem";

export type Me = Schema<"Me">;
export type ConsoleRole = "merchant" | "operator";
type Outcome<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

export const api = makeApi("console");

const state = reactive<{ me: Me | null; isLoaded: boolean; asksAgain: string | null }>({
  me: null,
  isLoaded: false,
  asksAgain: null,
});
let signedInAgain: { promise: Promise<void>; done: () => void; failed: (error: unknown) => void } | null = null;

export const me = computed(() => state.me);
export const role = computed<ConsoleRole | null>(() => {
  const found = state.me?.role;
  return found === "merchant" || found === "operator" ? found : null;
});
export const isOperator = computed(() => role.value === "operator");
/** The merchant that is asked about: one's own; null for operators. */
export const merchantId = computed(() => state.me?.merchant?.merchant_id ?? null);
/** Why to sign in again over the page, or null. */
export const asksAgain = computed(() => state.asksAgain);

/** Find out who is signed in; null for nobody. */
export async function loadSession(): Promise<Me | null> {
  if (!state.isLoaded) {
    try {
      state.me = await answer(api.GET("/v1/me"));
    } catch (error) {
      if (!(error instanceof ApiError && error.isSignedOut)) throw error;
      state.me = null;
    }
    state.isLoaded = true;
  }
  return state.me;
}

/** Read who is signed in anew, for example after the shop's name changed. */
export async function refreshSession(): Promise<void> {
  state.me = await answer(api.GET("/v1/me"));
}

export async function signIn(login: string, password: string): Promise<void> {
  await answer(api.POST("/v1/sessions", { body: { login, password } }));
  await began();
}

/** Take over a session that was opened in another way (a passkey, a sign-up). */
export async function began(): Promise<void> {
  const found = await answer(api.GET("/v1/me"));
  const isOther = state.me !== null && state.me.account_id !== found.account_id;
  state.me = found;
  state.isLoaded = true;
  if (signedInAgain && !isOther) {
    signedInAgain.done();
    signedInAgain = null;
    state.asksAgain = null;
  } else if (isOther) {
    location.assign("/console/"); // what stands on the page belongs to someone else
  }
}

export async function signOut(): Promise<void> {
  await answer(api.DELETE("/v1/sessions/current")).catch(() => undefined);
  state.me = null;
  location.assign("/console/sign-in");
}

/** Ask the API; when the session ended meanwhile, the person signs in over the page and the same call is made again. */
export async function call<T>(make: () => Outcome<T>): Promise<T> {
  try {
    return await answer(make());
  } catch (error) {
    if (!(error instanceof ApiError && error.isSignedOut) || state.me === null) throw error;
    await askAgain(error.problem.detail);
    return await answer(make());
  }
}

/** Write a body whose left-out fields take the API's defaults: the generated types count a field with a default as required. */
export function body<T>(given: Partial<T>): T {
  return given as T;
}

function askAgain(why: string): Promise<void> {
  if (!signedInAgain) {
    let done = (): void => undefined;
    let failed = (_error: unknown): void => undefined;
    const promise = new Promise<void>((resolve, reject) => {
      done = resolve;
      failed = reject;
    });
    signedInAgain = { promise, done, failed };
    state.asksAgain = why || "session_ended";
  }
  return signedInAgain.promise;
}
