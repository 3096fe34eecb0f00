/**
 * Know who shops here, and ask them to sign in over the page that they are on: nothing of the page is lost, and what they
 * were doing is repeated under the same intent.
 */
import { computed, readonly, ref, shallowRef } from "vue";
import { hasFirst } from "@shared/api/first";
import { ApiError } from "@shared/api/problem";
import { answer, api, type Schema } from "./api";

export type Member = Schema<"MemberView">;

const ENTERED = "fairday.shop.entered";
const member = shallowRef<Member | null>(null);
const isKnown = ref(false);
/** What the sign-in sheet says on top; null while it is closed. */
const asking = ref<{ reason: string } | null>(null);
let waiting: ((signedIn: boolean) => void)[] = [];
let reading: Promise<Member | null> | null = null;

/** Read who is signed in; a guest is null. Asked once, and again with `anew` after signing in. Raises: nothing. */
export function readMember(anew = false): Promise<Member | null> {
  if (anew) {
    reading = null;
    remember(true);
  }
  reading ??= hasEntered() ? ask() : Promise.resolve(null).finally(() => (isKnown.value = true));
  return reading;
}

async function ask(): Promise<Member | null> {
  try {
    member.value = await answer(api.GET("/v1/members/me"));
  } catch (error) {
    member.value = null;
    if (error instanceof ApiError && error.isSignedOut) remember(false);
    else reading = null;
  } finally {
    isKnown.value = true;
  }
  return member.value as Member | null;
}

/** The session itself is a cookie that no script can read; this only tells that there may be one, so that guests ask for nothing. */
function hasEntered(): boolean {
  if (hasFirst("shop", "/v1/members/me")) return true;
  try {
    return localStorage.getItem(ENTERED) === "1";
  } catch {
    return true;
  }
}

function remember(hasOne: boolean): void {
  try {
    if (hasOne) localStorage.setItem(ENTERED, "1");
    else localStorage.removeItem(ENTERED);
  } catch {
    // Then it is asked at every start.
  }
}

/** Open the sign-in sheet; true when somebody signed in. */
export function askSignIn(reason = ""): Promise<boolean> {
  asking.value = { reason };
  return new Promise((resolve) => waiting.push(resolve));
}

export function endAsking(signedIn: boolean): void {
  asking.value = null;
  const told = waiting;
  waiting = [];
  for (const resolve of told) resolve(signedIn);
}

/** Do what needs a member: a guest, or one whose session ended, signs in first. Null when they would rather not. */
export async function asMember<T>(work: () => Promise<T>): Promise<T | null> {
  if ((await readMember()) === null && !(await askSignIn())) return null;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError && error.isSignedOut)) throw error;
    member.value = null;
    reading = null;
    return (await askSignIn(error.problem.detail)) ? work() : null;
  }
}

export async function signOut(): Promise<void> {
  await answer(api.DELETE("/v1/sessions/current"));
  remember(false);
  member.value = null;
  reading = Promise.resolve(null);
}

export function useSession() {
  return { member: readonly(member), isKnown: readonly(isKnown), asking: readonly(asking), isGuest: computed(() => isKnown.value && !member.value) };
}
