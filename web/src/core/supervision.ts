import type { MatrixClient, Room } from "matrix-js-sdk";

import { askKontor, ofRoom } from "./server_api";

/** `laufend`: the supervisors read all the time; `anlassbezogen`: only after they have given a reason. */
export type SupervisionMode = "laufend" | "anlassbezogen";

/** What somebody who wants a supervised room has to say (law.md R-074). */
export interface TermsWish {
  purpose: string;
  legalBasis: string;
  balancing: string;
  agreement: string;
  impactAssessment: string;
  supervisors: string[];
  mode: SupervisionMode;
  untilMs: number;
}

/** The terms of a supervised room. */
export interface Terms extends TermsWish {
  version: number;
}

/** The terms as they stand in the room. */
export interface TermsContent {
  purpose: string;
  legal_basis: string;
  balancing: string;
  agreement: string;
  impact_assessment: string;
  supervisors: string[];
  mode: SupervisionMode;
  until_ms: number;
  version?: number;
}

/** How it stands with a supervised room and her. */
export interface SupervisionStatus {
  terms: Terms;
  /** Whether she has said that she knows these terms. */
  isAcknowledged: boolean;
  /** Whether it has not ended yet. */
  lasts: boolean;
}

/** One time that a supervisor has read. */
export interface Reading {
  userId: string;
  openedMs: number;
  untilMs: number;
  reason: string;
}

/** Type of the state event with the terms; only the server sets it. */
const STATE = "app.kontor.supervision";

/** Terms as the server takes them. */
export function contentOf(wish: TermsWish): TermsContent {
  return {
    purpose: wish.purpose,
    legal_basis: wish.legalBasis,
    balancing: wish.balancing,
    agreement: wish.agreement,
    impact_assessment: wish.impactAssessment,
    supervisors: wish.supervisors,
    mode: wish.mode,
    until_ms: wish.untilMs,
  };
}

/** Terms as the pages show them. */
export function termsIn(content: TermsContent): Terms {
  return {
    purpose: content.purpose,
    legalBasis: content.legal_basis,
    balancing: content.balancing,
    agreement: content.agreement,
    impactAssessment: content.impact_assessment,
    supervisors: content.supervisors,
    mode: content.mode,
    untilMs: content.until_ms,
    version: content.version ?? 1,
  };
}

/** The terms in a room's state; `undefined` if nobody supervises it. */
export function termsOf(room: Room): Terms | undefined {
  const content = room.currentState.getStateEvents(STATE, "")?.getContent();
  return content?.["purpose"] === undefined ? undefined : termsIn(content as TermsContent);
}

/** Supervised rooms: what everybody in them is told and can see (law.md R-074…R-077). */
export class Supervision {
  readonly #client: MatrixClient;

  constructor(client: MatrixClient) {
    this.#client = client;
  }

  /** How it stands with a room and her. */
  async status(roomId: string): Promise<SupervisionStatus> {
    const answer = await askKontor<
      TermsContent & { acknowledged_ms: number | null; lasts: boolean }
    >(this.#client, "GET", ofRoom(roomId, "supervision"));
    return {
      terms: termsIn(answer),
      isAcknowledged: answer.acknowledged_ms !== null,
      lasts: answer.lasts,
    };
  }

  /** She knows these terms. This is no consent. */
  async acknowledge(roomId: string, version: number): Promise<void> {
    await askKontor(this.#client, "POST", ofRoom(roomId, "supervision/acknowledge"), { version });
  }

  /** Who has read, newest first. */
  async readings(roomId: string): Promise<Reading[]> {
    const { readings } = await askKontor<{
      readings: { user_id: string; opened_ms: number; until_ms: number; reason: string }[];
    }>(this.#client, "GET", ofRoom(roomId, "supervision/readings"));
    return readings.map((reading) => ({
      userId: reading.user_id,
      openedMs: reading.opened_ms,
      untilMs: reading.until_ms,
      reason: reading.reason,
    }));
  }

  /** A supervisor begins to read, for a reason that the room is told. Resolves to when it ends. */
  async read(roomId: string, reason: string): Promise<number> {
    const path = ofRoom(roomId, "supervision/readings");
    const body = { reason };
    const answer = await askKontor<{ until_ms: number }>(this.#client, "POST", path, body);
    return answer.until_ms;
  }

  /** Ends the supervision of a room for good. */
  async end(roomId: string): Promise<void> {
    await askKontor(this.#client, "DELETE", ofRoom(roomId, "supervision"));
  }
}
