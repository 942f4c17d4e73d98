import type { MatrixClient } from "matrix-js-sdk";

import { askKontor, ofRoom } from "./server_api";
import { termsIn, type Terms, type TermsContent } from "./supervision";

/** One person who reads along. */
export interface Reader {
  id: string;
  /** `supervisor`: reads along by the terms that everybody is told. */
  standpoint: "internal" | "external" | "supervisor";
  isInvited: boolean;
  devices: number;
  /** Devices that their owner has not confirmed. */
  unconfirmedDevices: number;
}

/** Everybody and everything that gets to see what is written in a room (law.md R-071). */
export interface Readers {
  isEncrypted: boolean;
  /** What newcomers see. */
  history: "joined" | "invited" | "shared" | "world_readable";
  /** How long messages are kept, in milliseconds. */
  retentionMs: number;
  mayBeSupervised: boolean;
  supervision: Terms | undefined;
  people: Reader[];
  /** Other servers that get its messages. */
  servers: string[];
  /** Hosts that are told that there is something new, and of how many devices. */
  pushHosts: [host: string, devices: number][];
  /** For how many days at most messages are in encrypted backups; none if they are in none. */
  backupDays: number | undefined;
}

interface Answer {
  encrypted: boolean;
  history_visibility: Readers["history"];
  retention_ms: number;
  may_be_supervised: boolean;
  supervision: TermsContent | null;
  people: {
    user_id: string;
    standpoint: Reader["standpoint"];
    invited: boolean;
    devices: number;
    unverified_devices: number;
  }[];
  servers: string[];
  push_hosts: Record<string, number>;
  backup_days: number | null;
}

/** Asks the server who reads along in a room. */
export async function readersOf(client: MatrixClient, roomId: string): Promise<Readers> {
  const answer = await askKontor<Answer>(client, "GET", ofRoom(roomId, "readers"));
  return {
    isEncrypted: answer.encrypted,
    history: answer.history_visibility,
    retentionMs: answer.retention_ms,
    mayBeSupervised: answer.may_be_supervised,
    supervision: answer.supervision ? termsIn(answer.supervision) : undefined,
    people: answer.people.map((person) => ({
      id: person.user_id,
      standpoint: person.standpoint,
      isInvited: person.invited,
      devices: person.devices,
      unconfirmedDevices: person.unverified_devices,
    })),
    servers: answer.servers,
    pushHosts: Object.entries(answer.push_hosts),
    backupDays: answer.backup_days ?? undefined,
  };
}
