// The OAuth 2.0 API of a real server, used by a client library that knows nothing of Matrix.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as client from "openid-client";

import { Browser } from "./src/browser.js";
import { startServer } from "./src/server.js";

const BACK = "http://127.0.0.1:4711/back";
const GRANTS = [
  "authorization_code",
  "refresh_token",
  "urn:ietf:params:oauth:grant-type:device_code",
];
/** Kontor speaks with its own machine in the clear; the library wants to be told that this is meant. */
const PLAIN = { algorithm: "oauth2", execute: [client.allowInsecureRequests] };

let server;
let config;

const scope = (device) => `urn:matrix:client:api:* urn:matrix:client:device:${device}`;

before(async () => {
  server = await startServer();
});

after(() => server?.stop());

/** Why a token is refused. The use of its successor ends it, and nobody waits for that: within a second. */
async function ended(token) {
  const deadline = Date.now() + 1_000;
  let answer = await whoami(token);
  while (answer.errcode === undefined && Date.now() < deadline) answer = await whoami(token);
  return answer.errcode;
}

/** What the access token opens. */
async function whoami(token) {
  const url = new URL("/_matrix/client/v3/account/whoami", server.url);
  // The library throws for answers with WWW-Authenticate only; Matrix sends its own errors.
  const answer = await client.fetchProtectedResource(config, token, url, "GET");
  return { status: answer.status, ...(await answer.json()) };
}

/** Sends ben through the consent page; answers the request's secrets and where he was led. */
async function consent(device, decision = "allow") {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: BACK,
    scope: scope(device),
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const browser = new Browser(server.url);
  const page = await browser.openAs(address, "ben", server.passwords.ben);
  assert.match(page.text, /openid-client/, "the page names the program");
  const { target } = await browser.send(page, "/oauth2/authorize", { [decision]: "yes" });
  return { target, checks: { pkceCodeVerifier: verifier, expectedState: state } };
}

async function signIn(device) {
  const { target, checks } = await consent(device);
  return client.authorizationCodeGrant(config, target, checks);
}

const isRefused = (error, reason) => {
  assert.equal(error.error, reason, String(error));
  return true;
};

test("the server is discovered (RFC 8414) and the library registers itself (RFC 7591)", async () => {
  const metadata = {
    client_name: "openid-client",
    client_uri: "https://program.example/",
    application_type: "native",
    redirect_uris: [BACK],
    grant_types: GRANTS,
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  config = await client.dynamicClientRegistration(
    new URL(server.url),
    metadata,
    client.None(),
    PLAIN,
  );
  const { issuer, code_challenge_methods_supported: methods } = config.serverMetadata();
  assert.equal(new URL(issuer).origin, server.url);
  assert.deepEqual(methods, ["S256"]);
  assert.ok(config.serverMetadata().supportsPKCE());
  const { client_id: id } = config.clientMetadata();
  const known = await client.discovery(new URL(server.url), id, undefined, client.None(), PLAIN);
  assert.equal(known.serverMetadata().token_endpoint, `${server.url}/oauth2/token`);
  const matrix = await fetch(`${server.url}/_matrix/client/v1/auth_metadata`);
  assert.deepEqual({ ...(await matrix.json()) }, { ...known.serverMetadata() });
});

test("a description against the rules is refused in the words of RFC 7591", async () => {
  const metadata = { client_uri: "https://program.example/", redirect_uris: ["https://evil.example/"] };
  const refused = client.dynamicClientRegistration(
    new URL(server.url),
    metadata,
    client.None(),
    PLAIN,
  );
  await assert.rejects(refused, (error) => isRefused(error, "invalid_redirect_uri"));
});

test("a code with PKCE, allowed on the page, becomes tokens", async () => {
  const tokens = await signIn("PHONE");
  assert.equal(tokens.token_type, "bearer");
  assert.ok(tokens.expires_in <= 300, `${tokens.expires_in} s`);
  assert.equal(tokens.scope, scope("PHONE"));
  const me = await whoami(tokens.access_token);
  assert.deepEqual([me.user_id, me.device_id], ["@ben:localhost", "PHONE"]);
});

test("a refusal, a wrong verifier, another state and another server's answer bring nothing", async () => {
  const refusal = await consent("TABLET", "refuse");
  const refused = client.authorizationCodeGrant(config, refusal.target, refusal.checks);
  await assert.rejects(refused, (error) => isRefused(error, "access_denied"));

  const wrong = await consent("TABLET");
  const checks = { ...wrong.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  const stolen = client.authorizationCodeGrant(config, wrong.target, checks);
  await assert.rejects(stolen, (error) => isRefused(error, "invalid_grant"));

  const forged = await consent("TABLET");
  forged.target.searchParams.set("state", "another");
  await assert.rejects(client.authorizationCodeGrant(config, forged.target, forged.checks));

  // RFC 9207: the library compares the issuer that the server names in its answer.
  const mixed = await consent("TABLET");
  assert.equal(mixed.target.searchParams.get("iss"), config.serverMetadata().issuer);
  mixed.target.searchParams.set("iss", "https://evil.example/");
  await assert.rejects(client.authorizationCodeGrant(config, mixed.target, mixed.checks));
  mixed.target.searchParams.delete("iss");
  await assert.rejects(client.authorizationCodeGrant(config, mixed.target, mixed.checks));
});

test("a code that is shown twice ends the sign-in it brought", async () => {
  const { target, checks } = await consent("WATCH");
  const tokens = await client.authorizationCodeGrant(config, target, checks);
  const again = client.authorizationCodeGrant(config, target, checks);
  await assert.rejects(again, (error) => isRefused(error, "invalid_grant"));
  assert.equal((await whoami(tokens.access_token)).errcode, "M_UNKNOWN_TOKEN");
});

test("refresh tokens rotate, and one used again ends the sign-in", async () => {
  const first = await signIn("LAPTOP");
  const second = await client.refreshTokenGrant(config, first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal((await whoami(second.access_token)).device_id, "LAPTOP");
  assert.equal(await ended(first.access_token), "M_UNKNOWN_TOKEN");
  const third = await client.refreshTokenGrant(config, second.refresh_token);
  assert.equal((await whoami(third.access_token)).device_id, "LAPTOP");

  const thief = client.refreshTokenGrant(config, first.refresh_token);
  await assert.rejects(thief, (error) => isRefused(error, "invalid_grant"));
  assert.equal((await whoami(third.access_token)).errcode, "M_UNKNOWN_TOKEN");
  const owner = client.refreshTokenGrant(config, third.refresh_token);
  await assert.rejects(owner, (error) => isRefused(error, "invalid_grant"));
});

for (const kind of ["access_token", "refresh_token"]) {
  test(`giving the ${kind} back (RFC 7009) signs the device out`, async () => {
    const tokens = await signIn("GUEST");
    await client.tokenRevocation(config, tokens[kind], { token_type_hint: kind });
    assert.equal((await whoami(tokens.access_token)).errcode, "M_UNKNOWN_TOKEN");
    const refused = client.refreshTokenGrant(config, tokens.refresh_token);
    await assert.rejects(refused, (error) => isRefused(error, "invalid_grant"));
    // Once more is no error, as the RFC wants it.
    await client.tokenRevocation(config, tokens[kind]);
  });
}

test("a device without keyboard is signed in by a code (RFC 8628)", async () => {
  const codes = await client.initiateDeviceAuthorization(config, { scope: scope("TELEVISION") });
  assert.equal(codes.verification_uri, `${server.url}/oauth2/link`);
  const waiting = client.pollDeviceAuthorizationGrant(config, codes);
  const browser = new Browser(server.url);
  const asked = await browser.openAs("/oauth2/link", "clara", server.passwords.clara);
  const question = await browser.send(asked, "/oauth2/link", { user_code: codes.user_code });
  assert.match(question.text, /openid-client/);
  await browser.send(question, "/oauth2/link", { allow: "yes" });
  const tokens = await waiting;
  const me = await whoami(tokens.access_token);
  assert.deepEqual([me.user_id, me.device_id], ["@clara:localhost", "TELEVISION"]);
});

test("a refusal on the page is told to the device without keyboard", async () => {
  const codes = await client.initiateDeviceAuthorization(config, { scope: scope("FRIDGE") });
  const browser = new Browser(server.url);
  const address = new URL(codes.verification_uri_complete);
  const question = await browser.openAs(address, "clara", server.passwords.clara);
  await browser.send(question, "/oauth2/link", { refuse: "yes" });
  const refused = client.pollDeviceAuthorizationGrant(config, codes);
  await assert.rejects(refused, (error) => isRefused(error, "access_denied"));
});
