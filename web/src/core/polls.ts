import type { MatrixEvent, Poll, Room } from "matrix-js-sdk";
import {
  M_POLL_KIND_DISCLOSED,
  M_POLL_KIND_UNDISCLOSED,
  M_POLL_RESPONSE,
  M_POLL_START,
} from "matrix-js-sdk/lib/@types/polls";
import { PollEndEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollEndEvent";
import { PollResponseEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollResponseEvent";
import { PollStartEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollStartEvent";

import type { Content } from "./content";

/** A question to everybody in the room. */
export interface Question {
  question: string;
  answers: string[];
  /** How many answers each may choose. */
  choices: number;
  /** The result is seen only when the poll has ended. */
  isSecret: boolean;
}

/** A poll as the timeline shows it. */
export interface PollState {
  question: string;
  choices: number;
  /** Whether results may be seen now. */
  isOpenlyCounted: boolean;
  isEnded: boolean;
  voters: number;
  answers: { id: string; text: string; votes: number; isMine: boolean }[];
}

/** An event as it is sent. */
export interface Outgoing {
  type: string;
  content: Content;
}

/** Types of events that ask a question. */
export const POLL_TYPES: string[] = [M_POLL_START.name, M_POLL_START.altName];

/** Whether an event asks a question. */
export function isPoll(event: MatrixEvent): boolean {
  return M_POLL_START.matches(event.getType());
}

/** The state of a poll; `undefined` if it is malformed. */
export function pollOf(event: MatrixEvent, room: Room): PollState | undefined {
  const start = startOf(event);
  if (!start) return undefined;
  const poll = room.polls.get(event.getId() ?? "");
  const me = room.client.getSafeUserId();
  const votes = votesOf(poll, start);
  const isEnded = poll?.isEnded ?? false;
  return {
    question: start.question.text,
    choices: start.maxSelections,
    isEnded,
    isOpenlyCounted: isEnded || M_POLL_KIND_DISCLOSED.matches(start.rawKind),
    voters: votes.size,
    answers: start.answers.map(({ id, text }) => ({
      id,
      text,
      votes: [...votes.values()].filter((chosen) => chosen.includes(id)).length,
      isMine: votes.get(me)?.includes(id) ?? false,
    })),
  };
}

/** What a poll asks. */
export function questionOf(event: MatrixEvent): string {
  return startOf(event)?.question.text ?? "";
}

function startOf(event: MatrixEvent): PollStartEvent | undefined {
  try {
    return new PollStartEvent({ type: event.getType(), content: event.getContent() as never });
  } catch {
    return undefined;
  }
}

type Responses = Awaited<ReturnType<Poll["getResponses"]>>;

const responses = new WeakMap<Poll, Responses | "asked">();

/** The last vote of each person counts (MSC3381). */
function votesOf(poll: Poll | undefined, start: PollStartEvent): Map<string, string[]> {
  const votes = new Map<string, string[]>();
  if (!poll) return votes;
  const known = responses.get(poll);
  if (!known) {
    responses.set(poll, "asked");
    // Asked for once; the poll itself tells of these and of all that come later.
    void poll.getResponses().then((found) => responses.set(poll, found));
  }
  const events = known && known !== "asked" ? known.getRelations() : [];
  const byTime = [...events].sort((a, b) => a.getTs() - b.getTs());
  for (const event of byTime) {
    const chosen = chosenIn(event, start);
    if (chosen) votes.set(event.getSender() ?? "", chosen);
  }
  return votes;
}

function chosenIn(event: MatrixEvent, start: PollStartEvent): string[] | undefined {
  if (!M_POLL_RESPONSE.matches(event.getType()) || event.isRedacted()) return undefined;
  try {
    const response = new PollResponseEvent({
      type: event.getType(),
      content: event.getContent() as never,
    });
    response.validateAgainst(start);
    return response.answerIds;
  } catch {
    return undefined;
  }
}

/** A new poll. */
export function pollStart({ question, answers, choices, isSecret }: Question): Outgoing {
  const kind = isSecret ? M_POLL_KIND_UNDISCLOSED : M_POLL_KIND_DISCLOSED;
  return sendable(PollStartEvent.from(question, answers, kind, choices));
}

/** Her vote. */
export function pollVote(pollId: string, answers: string[]): Outgoing {
  return sendable(PollResponseEvent.from(answers, pollId));
}

/** The end of a poll. */
export function pollEnd(pollId: string, text: string): Outgoing {
  return sendable(PollEndEvent.from(pollId, text));
}

function sendable(event: PollStartEvent | PollResponseEvent | PollEndEvent): Outgoing {
  const { type, content } = event.serialize();
  return { type, content: content as Content };
}
