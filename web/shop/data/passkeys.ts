/** Make and use passkeys of this device; only where the browser has them and the address has a name. */
import { answer, api, type Schema } from "./api";

type Json = Record<string, unknown>;
const maker = globalThis.PublicKeyCredential as
  | undefined
  | (typeof PublicKeyCredential & {
      parseCreationOptionsFromJSON?: (options: Json) => PublicKeyCredentialCreationOptions;
      parseRequestOptionsFromJSON?: (options: Json) => PublicKeyCredentialRequestOptions;
    });

/** An IP address cannot have passkeys: then the button is not there. */
export const hasPasskeys = typeof maker?.parseRequestOptionsFromJSON === "function" && !/^[\d.]+$|:/.test(location.hostname);

export async function signInByPasskey(): Promise<void> {
  const options = await answer(api.POST("/v1/sessions/passkeys/options"));
  const publicKey = maker?.parseRequestOptionsFromJSON?.(options.public_key as Json);
  if (!publicKey) return;
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  await answer(api.POST("/v1/sessions/passkeys", { body: { credential: credential.toJSON() as never } }));
}

export async function addPasskey(name: string): Promise<Schema<"Passkey"> | null> {
  const options = await answer(api.POST("/v1/me/passkeys/options"));
  const publicKey = maker?.parseCreationOptionsFromJSON?.(options.public_key as Json);
  if (!publicKey) return null;
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return answer(api.POST("/v1/me/passkeys", { body: { credential: credential.toJSON() as never, name } }));
}
