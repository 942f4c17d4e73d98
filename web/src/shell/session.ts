import { keep, recall } from "./vault";

/** Whom this browser is signed in as. */
export interface Session {
  userId: string;
  deviceId: string;
  accessToken: string;
  refreshToken?: string;
  /** The program's id at the authorization server; without it, she signed in with the old API. */
  clientId?: string;
}

const NAME = "session";

/** The session kept in this browser. */
export async function currentSession(): Promise<Session | undefined> {
  return recall<Session>(NAME);
}

/** Keeps a session, or the new tokens of one. */
export async function keepSession(session: Session): Promise<void> {
  await keep(NAME, session);
}
