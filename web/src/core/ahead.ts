import wasm from "../../node_modules/@matrix-org/matrix-sdk-crypto-wasm/pkg/matrix_sdk_crypto_wasm_bg.wasm?url";

/** Fetches the cryptography into the browser's cache. */
export async function fetchCryptoAhead(): Promise<void> {
  await (await fetch(wasm)).arrayBuffer();
}
