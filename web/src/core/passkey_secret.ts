/** Secrets sealed with a passkey: its authenticator makes the key for it anew each time (WebAuthn PRF). */

const SALT_BYTES = 32;
const NONCE_BYTES = 12;
const PURPOSE = "kontor recovery key";
/** ES256 and RS256. */
const ALGORITHMS = [-7, -257];

/** What is kept of a sealed secret; all bytes in base64. */
export interface SealedSecret {
  credential: string;
  salt: string;
  nonce: string;
  sealed: string;
}

/** The passkey or the browser cannot make keys. */
export class CannotSeal extends Error {}

/** Whether this browser knows passkeys at all. */
export function knowsPasskeys(): boolean {
  return "PublicKeyCredential" in globalThis;
}

/** Makes a passkey and seals a secret with it. Throws `CannotSeal`, or what the browser says if she cancels. */
export async function sealWithPasskey(
  secret: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<SealedSecret> {
  const salt = random(SALT_BYTES);
  const made = (await navigator.credentials.create({
    publicKey: {
      rp: { name: "Kontor" },
      // Not the person's own id: a passkey for signing in must not be replaced by this one.
      user: { id: random(SALT_BYTES), name, displayName: name },
      challenge: random(SALT_BYTES),
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "discouraged", userVerification: "required" },
      extensions: { prf: { eval: { first: salt } } },
    },
  })) as PublicKeyCredential | null;
  const { prf } = made?.getClientExtensionResults() ?? {};
  if (!made || !prf?.enabled) throw new CannotSeal();
  const credential = new Uint8Array(made.rawId);
  // Many authenticators make a key only when they are asked once more.
  const output = prf.results?.first ?? (await outputOf(credential, salt));
  const nonce = random(NONCE_BYTES);
  const key = await keyOf(output);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, secret);
  return {
    credential: toBase64(credential),
    salt: toBase64(salt),
    nonce: toBase64(nonce),
    sealed: toBase64(new Uint8Array(sealed)),
  };
}

/** Opens a secret with its passkey. Throws `CannotSeal`, or what the browser says if she cancels. */
export async function openWithPasskey(kept: SealedSecret): Promise<Uint8Array<ArrayBuffer>> {
  const output = await outputOf(fromBase64(kept.credential), fromBase64(kept.salt));
  const algorithm = { name: "AES-GCM", iv: fromBase64(kept.nonce) };
  const opened = await crypto.subtle.decrypt(
    algorithm,
    await keyOf(output),
    fromBase64(kept.sealed),
  );
  return new Uint8Array(opened);
}

/** What the authenticator makes of a salt. */
async function outputOf(
  id: Uint8Array<ArrayBuffer>,
  salt: Uint8Array<ArrayBuffer>,
): Promise<BufferSource> {
  const found = (await navigator.credentials.get({
    publicKey: {
      challenge: random(SALT_BYTES),
      allowCredentials: [{ type: "public-key", id }],
      userVerification: "required",
      extensions: { prf: { eval: { first: salt } } },
    },
  })) as PublicKeyCredential | null;
  const output = found?.getClientExtensionResults().prf?.results?.first;
  if (!output) throw new CannotSeal();
  return output;
}

async function keyOf(output: BufferSource): Promise<CryptoKey> {
  const source = await crypto.subtle.importKey("raw", output, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: new TextEncoder().encode(PURPOSE),
    },
    source,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

const random = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (it) => it.charCodeAt(0));
