/** Sign in by a passkey, and add one, with the browser's own reading of options and answers. */
import { answer } from "@shared/api/client";
import { api, call } from "../session";

type Creating = Parameters<typeof PublicKeyCredential.parseCreationOptionsFromJSON>[0];
type Asking = Parameters<typeof PublicKeyCredential.parseRequestOptionsFromJSON>[0];

/** Whether this browser knows passkeys at all. */
export const hasPasskeys = typeof window.PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

export async function signInByPasskey(): Promise<void> {
  const { public_key } = await answer(api.POST("/v1/sessions/passkeys/options"));
  const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(public_key as unknown as Asking) });
  await answer(api.POST("/v1/sessions/passkeys", { body: { credential: told(credential) } }));
}

export async function addPasskey(name: string): Promise<void> {
  const { public_key } = await call(() => api.POST("/v1/me/passkeys/options"));
  const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(public_key as unknown as Creating) });
  await call(() => api.POST("/v1/me/passkeys", { body: { credential: told(credential), name } }));
}

function told(credential: Credential | null): Record<string, never> {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException("no passkey", "NotAllowedError");
  return credential.toJSON() as unknown as Record<string, never>;
}
