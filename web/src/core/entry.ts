/** How people come into a room or space (spec: `m.room.join_rules`). */
export type Entry = "invite" | "knock" | "public" | "restricted" | "knock_restricted";

/** Who comes in. */
export interface EntryRule {
  entry: Entry;
  /** The spaces whose people enter by themselves, where the rule asks for that. */
  allowed: string[];
}

const BY_MEMBERSHIP = "m.room_membership";

/** Whether people of some spaces enter by themselves. */
export function isBySpace(entry: Entry): boolean {
  return entry === "restricted" || entry === "knock_restricted";
}

/** The rule in the content of an event. */
export function ruleIn(content: Record<string, unknown>): EntryRule {
  const allow: unknown[] = Array.isArray(content.allow) ? content.allow : [];
  return {
    entry: (content.join_rule ?? "invite") as Entry,
    allowed: allow.flatMap((it) => {
      const { type, room_id: id } = (it ?? {}) as Record<string, unknown>;
      return type === BY_MEMBERSHIP && typeof id === "string" ? [id] : [];
    }),
  };
}

/** The content of the event that sets a rule. */
export function contentOf({ entry, allowed }: EntryRule): Record<string, unknown> {
  const allow = allowed.map((id) => ({ type: BY_MEMBERSHIP, room_id: id }));
  return { join_rule: entry, ...(isBySpace(entry) ? { allow } : {}) };
}

/** The rule that is chosen: without a space, nobody would come in by one. */
export function ruleOf(entry: Entry, allowed: string[]): EntryRule {
  return { entry: isBySpace(entry) && allowed.length === 0 ? "invite" : entry, allowed };
}

/** Whether two rules let in the same people. */
export function isSameRule(one: EntryRule, other: EntryRule): boolean {
  const words = ({ entry, allowed }: EntryRule): string =>
    [entry, ...(isBySpace(entry) ? [...allowed].sort() : [])].join(" ");
  return words(one) === words(other);
}

/** The spaces whose people a room would let in: those that it is in. Where some are let in already, nobody is
    added by and by: only a space that the room is put into joins them, and one that it is taken out of goes. */
export function letIn(before: EntryRule, was: string[], is: string[]): string[] {
  if (!isBySpace(before.entry)) return is;
  const kept = before.allowed.filter((id) => is.includes(id) || !was.includes(id));
  return [...kept, ...is.filter((id) => !was.includes(id) && !kept.includes(id))];
}

/** What is offered for a room. What another program has chosen stays, although it is not offered. */
export function entriesFor(
  before: Entry,
  { bySpace, isOpen }: { bySpace: boolean; isOpen: boolean },
): Entry[] {
  const offered: Entry[] = [
    "invite",
    "knock",
    ...(bySpace ? (["restricted"] as const) : []),
    ...(isOpen ? (["public"] as const) : []),
  ];
  const isGone = isBySpace(before) && !bySpace;
  return offered.includes(before) || isGone ? offered : [...offered, before];
}
