/** The old way to sign in, for servers where the OAuth 2.0 API is not there. */

import { ask, post, Refusal } from "./server";
import { newDeviceId } from "./oauth";
import type { Session } from "./session";

/** How people sign in here. */
export type Way = "account" | "password" | "none";

/** Which way the server offers. */
export async function offeredWay(): Promise<Way> {
  try {
    await ask("/_matrix/client/v1/auth_metadata");
    return "account";
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
  }
  const { flows } = await ask<{ flows: { type: string }[] }>("/_matrix/client/v3/login");
  return flows.some(({ type }) => type === "m.login.password") ? "password" : "none";
}

/** Signs in with name and password. */
export async function signInWithPassword(user: string, password: string): Promise<Session> {
  const answer = await post<{ user_id: string; device_id: string; access_token: string }>(
    "/_matrix/client/v3/login",
    {
      type: "m.login.password",
      identifier: { type: "m.id.user", user },
      password,
      device_id: newDeviceId(),
      initial_device_display_name: "Kontor Web",
    },
  );
  return {
    userId: answer.user_id,
    deviceId: answer.device_id,
    accessToken: answer.access_token,
  };
}
