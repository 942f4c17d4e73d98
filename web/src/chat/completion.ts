import { EVERYBODY, type Mention } from "../core/content";

/** Somebody who can be named. */
export interface Candidate extends Mention {
  avatar: string | undefined;
}

/** Offered at a time. */
const OFFERED = 6;
const LONGEST = 40;

/** What is being named just before the caret. */
export interface Naming {
  /** Position of the `@`. */
  start: number;
  term: string;
}

/** What she is naming; `undefined` if the caret is not behind an `@`. */
export function namingAt(text: string, caret: number): Naming | undefined {
  const match = /(?:^|[\s(])@([^@\n]*)$/u.exec(text.slice(0, caret));
  const term = match?.[1];
  if (term === undefined || term.length > LONGEST) return undefined;
  return { start: caret - term.length - 1, term };
}

/** Who fits: by the beginning of any word of the name. */
export function fitting(candidates: Candidate[], term: string): Candidate[] {
  const wanted = term.toLocaleLowerCase();
  const fits = ({ name }: Candidate): boolean => {
    const lower = name.toLocaleLowerCase();
    return lower.startsWith(wanted) || lower.includes(` ${wanted}`);
  };
  // A name that is complete needs no list any more.
  const isDone = candidates.some(({ name }) => wanted.startsWith(`${name.toLocaleLowerCase()} `));
  return isDone ? [] : candidates.filter(fits).slice(0, OFFERED);
}

/** Everybody, after the people. */
export function everybody(name: string): Candidate {
  return { id: EVERYBODY, name, avatar: undefined };
}
