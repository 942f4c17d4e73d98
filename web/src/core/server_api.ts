import type { MatrixClient, Method } from "matrix-js-sdk";

/** Asks an endpoint of Kontor's own (`docs/room-classes.md`). */
export function askKontor<T>(
  client: MatrixClient,
  method: `${Method}`,
  path: string,
  body?: Record<string, unknown>,
): Promise<T> {
  return client.http.authedRequest<T>(method as Method, path, undefined, body, {
    prefix: "/_kontor/client/v1",
  });
}

/** The path of something of a room. */
export function ofRoom(roomId: string, rest: string): string {
  return `/rooms/${encodeURIComponent(roomId)}/${rest}`;
}
