/** Signing in by OAuth 2.0: authorization code with PKCE (spec: client-server API, "OAuth 2.0 API"). */

import { ask, post, postForm } from "./server";
import type { Session } from "./session";

interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  revocation_endpoint: string;
  registration_endpoint: string;
}

interface Tokens {
  access_token: string;
  refresh_token?: string;
}

/** What a sign-in that has left for the account pages needs when it comes back. */
interface Departure {
  state: string;
  verifier: string;
  clientId: string;
  deviceId: string;
  issuer: string;
}

const DEPARTURE = "kontor.departure";
const DEVICE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DEVICE_LENGTH = 10;

const redirectUri = (): string => `${location.origin}/`;

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const secret = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** A new device id. */
export function newDeviceId(): string {
  const random = crypto.getRandomValues(new Uint16Array(DEVICE_LENGTH));
  return Array.from(random, (n) => DEVICE_LETTERS[n % DEVICE_LETTERS.length]).join("");
}

function metadata(): Promise<Metadata> {
  return ask<Metadata>("/_matrix/client/v1/auth_metadata");
}

/** The path of an endpoint: we are served by the same server, under whatever name. */
const here = (endpoint: string): string => new URL(endpoint).pathname;

/** How this client describes itself. Without TLS (on this machine only) it counts as a program on the
    device, because addresses of pages must be https. */
export function description(origin: URL): Record<string, unknown> {
  const isPage = origin.protocol === "https:";
  const host = /^[[\d]/.test(origin.hostname) ? "localhost" : origin.hostname;
  return {
    client_name: "Kontor",
    client_uri: isPage ? `${origin.origin}/` : `https://${host}/`,
    application_type: isPage ? "web" : "native",
    redirect_uris: [`${origin.origin}/`],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
}

/** Leaves for the account pages, which come back to `/` with an answer behind `#`. */
export async function depart(): Promise<void> {
  const server = await metadata();
  const registration = description(new URL(location.origin));
  const { client_id: clientId } = await post<{ client_id: string }>(
    here(server.registration_endpoint),
    registration,
  );
  const departure: Departure = {
    state: secret(),
    verifier: secret(),
    clientId,
    deviceId: newDeviceId(),
    issuer: server.issuer,
  };
  sessionStorage.setItem(DEPARTURE, JSON.stringify(departure));
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(departure.verifier));
  const query = new URLSearchParams({
    response_type: "code",
    response_mode: "fragment",
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope: `urn:matrix:client:api:* urn:matrix:client:device:${departure.deviceId}`,
    state: departure.state,
    code_challenge: base64url(new Uint8Array(hash)),
    code_challenge_method: "S256",
  });
  location.assign(`${here(server.authorization_endpoint)}?${query}`);
}

/** Whether the address carries an answer of the account pages. */
export function isArrival(fragment: string): boolean {
  const answer = new URLSearchParams(fragment.replace(/^#/, ""));
  return answer.has("state") && (answer.has("code") || answer.has("error"));
}

/** Trades the answer in the address for a session; `undefined` if she refused. */
export async function arrive(fragment: string): Promise<Session | undefined> {
  const answer = new URLSearchParams(fragment.replace(/^#/, ""));
  const stored = sessionStorage.getItem(DEPARTURE);
  sessionStorage.removeItem(DEPARTURE);
  const departure = stored ? (JSON.parse(stored) as Departure) : undefined;
  // An answer that nobody here asked for could sign her in as somebody else.
  if (departure?.state !== answer.get("state") || departure?.issuer !== answer.get("iss")) {
    throw new Error("not our sign-in");
  }
  const code = answer.get("code");
  if (!code) return undefined;
  const server = await metadata();
  const tokens = await postForm<Tokens>(here(server.token_endpoint), {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri(),
    client_id: departure.clientId,
    code_verifier: departure.verifier,
  });
  const who = await ask<{ user_id: string; device_id: string }>(
    "/_matrix/client/v3/account/whoami",
    { headers: { authorization: `Bearer ${tokens.access_token}` } },
  );
  return {
    userId: who.user_id,
    deviceId: who.device_id,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    clientId: departure.clientId,
  };
}

/** A session with new tokens; the old ones are void from here on, so keep these first. */
export async function renew(session: Session): Promise<Session> {
  const { refreshToken, clientId } = session;
  if (!refreshToken) throw new Error("the session cannot be renewed");
  if (!clientId) {
    const tokens = await post<Tokens>("/_matrix/client/v3/refresh", {
      refresh_token: refreshToken,
    });
    return withTokens(session, tokens);
  }
  const server = await metadata();
  const tokens = await postForm<Tokens>(here(server.token_endpoint), {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: clientId,
  });
  return withTokens(session, tokens);
}

function withTokens(session: Session, tokens: Tokens): Session {
  const refreshToken = tokens.refresh_token ?? session.refreshToken;
  return { ...session, accessToken: tokens.access_token, refreshToken };
}

/** Ends a session at the server. */
export async function revoke(session: Session): Promise<void> {
  if (!session.clientId) {
    const headers = { authorization: `Bearer ${session.accessToken}` };
    await ask("/_matrix/client/v3/logout", { method: "POST", headers });
    return;
  }
  const server = await metadata();
  await postForm(here(server.revocation_endpoint), {
    token: session.refreshToken ?? session.accessToken,
    client_id: session.clientId,
  });
}
