import wasm from "../../node_modules/@matrix-org/matrix-sdk-crypto-wasm/pkg/matrix_sdk_crypto_wasm_bg.wasm?url";

/** Fetches what the chat needs while she signs in, so that it is there when she comes back. */
export async function fetchAhead(): Promise<void> {
  await Promise.all([import("../chat/open"), fetch(wasm).then((answer) => answer.arrayBuffer())]);
}
