import { expect, test } from "vitest";

import { contentOf, entriesFor, isSameRule, letIn, ruleIn, ruleOf, type EntryRule } from "./entry";

const sales = "!sales";
const fair = "!fair";
const strange = "!strange";
const invite: EntryRule = { entry: "invite", allowed: [] };
const ofSales: EntryRule = { entry: "restricted", allowed: [sales] };

test("a rule comes back as it was set, and says of spaces only what it asks for", () => {
  expect(ruleIn(contentOf(ofSales))).toEqual(ofSales);
  expect(contentOf({ entry: "public", allowed: [sales] })).toEqual({ join_rule: "public" });
  expect(ruleIn({})).toEqual(invite);
  const odd = [null, { type: "else", room_id: fair }, { type: "m.room_membership" }];
  expect(ruleIn({ join_rule: "restricted", allow: odd }).allowed).toEqual([]);
});

test("a room that is taken out of its last space lets in only who is invited", () => {
  expect(ruleOf("restricted", [])).toEqual(invite);
  expect(ruleOf("restricted", [sales])).toEqual(ofSales);
  expect(ruleOf("public", []).entry).toBe("public");
});

test("a room that lets in nobody by a space would let in the spaces that it is in", () => {
  expect(letIn(invite, [sales, fair], [fair])).toEqual([fair]);
});

test("where some spaces are let in, another one joins them only when the room is put into it", () => {
  expect(letIn(ofSales, [sales, fair], [sales, fair])).toEqual([sales]);
  expect(letIn(ofSales, [sales], [sales, fair])).toEqual([sales, fair]);
  expect(letIn(ofSales, [sales], [])).toEqual([]);
});

test("a space that she is not in stays", () => {
  const before: EntryRule = { entry: "restricted", allowed: [strange, sales] };
  expect(letIn(before, [sales], [])).toEqual([strange]);
});

test("the order of spaces changes nothing, and spaces nothing where they do not count", () => {
  const both: EntryRule = { entry: "restricted", allowed: [sales, fair] };
  expect(isSameRule(both, { ...both, allowed: [fair, sales] })).toBe(true);
  expect(isSameRule(both, ofSales)).toBe(false);
  expect(isSameRule(invite, { ...invite, allowed: [sales] })).toBe(true);
});

test("what another program has chosen stays, as long as it lets somebody in", () => {
  const closed = { bySpace: false, isOpen: false };
  expect(entriesFor("invite", closed)).toEqual(["invite", "knock"]);
  expect(entriesFor("public", closed)).toEqual(["invite", "knock", "public"]);
  expect(entriesFor("restricted", closed)).toEqual(["invite", "knock"]);
  const open = { bySpace: true, isOpen: true };
  expect(entriesFor("restricted", open)).toEqual(["invite", "knock", "restricted", "public"]);
  expect(entriesFor("knock_restricted", open).at(-1)).toBe("knock_restricted");
});
