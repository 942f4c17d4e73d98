/**
 * Which files belong to a message, told to the server when the message is sent (proposal 3911): inside of an
 * encrypted message it could not see them, and they would outlive it. law: R-112
 */

/** The name of the parameter until the proposal is part of the specification. */
const PARAMETER = "org.matrix.msc3911.attach_media";
/** The address at which a message is sent ends with its transaction id. */
const SENDING = /\/rooms\/[^/]+\/send\/[^/]+\/([^/?#]+)$/;

/** Addresses of files, by the transaction id of their message. */
const bound = new Map<string, string[]>();

/** Sends a message by `send`; the request with that transaction id names its files. */
export async function withFiles(
  txnId: string,
  files: string[],
  send: () => Promise<unknown>,
): Promise<void> {
  if (files.length > 0) bound.set(txnId, files);
  try {
    await send();
  } finally {
    bound.delete(txnId);
  }
}

/** The address of a request, with the files of its message if it sends one that has any. */
export function namingFiles(address: URL | string): URL | string {
  const url = new URL(address, globalThis.location?.origin);
  const [, txnId] = SENDING.exec(url.pathname) ?? [];
  const files = txnId === undefined ? undefined : bound.get(decodeURIComponent(txnId));
  if (!files) return address;
  for (const file of files) url.searchParams.append(PARAMETER, file);
  return url;
}
