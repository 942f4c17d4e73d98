import { fetchCryptoAhead } from "../core/ahead";

/** Fetches what the chat needs while she signs in, so that it is there when she comes back. */
export async function fetchAhead(): Promise<void> {
  await Promise.all([import("./open"), fetchCryptoAhead()]);
}
