import { initAsync } from "@matrix-org/matrix-sdk-crypto-wasm";

/** Fetches and compiles what encrypts, while other things are found out. The SDK waits for the same promise,
    and sees what fails. */
export function warmUp(): void {
  initAsync().catch(() => undefined);
}
