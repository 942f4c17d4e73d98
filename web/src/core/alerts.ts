import { ConditionKind, PushRuleActionName, PushRuleKind, type MatrixClient } from "matrix-js-sdk";

/** What of a room she is told: everything, only what names her, nothing. */
export type Alerts = "all" | "mentions" | "none";

const MUTED = new Set<unknown>([PushRuleActionName.DontNotify, "coalesce"]);

/** What she is told of each room, by her push rules (spec: "Push Rules"). A room rule without `notify`
    leaves mentions, an override rule not even these. */
export function alertsOf(client: MatrixClient): (roomId: string) => Alerts {
  const rules = client.pushRules?.global;
  const isSilent = (actions: unknown[]): boolean =>
    actions.length === 0 || actions.some((action) => MUTED.has(action));
  const silent = (kind: "override" | "room"): Set<string> =>
    new Set(
      (rules?.[kind] ?? [])
        .filter((rule) => rule.enabled && isSilent(rule.actions))
        .map((rule) => rule.rule_id),
    );
  const [muted, mentionsOnly] = [silent("override"), silent("room")];
  return (roomId) => (muted.has(roomId) ? "none" : mentionsOnly.has(roomId) ? "mentions" : "all");
}

/** Sets what she is told of a room; all her devices follow. */
export async function setAlerts(
  client: MatrixClient,
  roomId: string,
  wanted: Alerts,
): Promise<void> {
  const now = alertsOf(client)(roomId);
  if (now === wanted) return;
  const kinds: Record<Exclude<Alerts, "all">, PushRuleKind> = {
    none: PushRuleKind.Override,
    mentions: PushRuleKind.RoomSpecific,
  };
  if (wanted !== "all") {
    const isOverride = wanted === "none";
    await client.addPushRule("global", kinds[wanted], roomId, {
      actions: [],
      ...(isOverride
        ? { conditions: [{ kind: ConditionKind.EventMatch, key: "room_id", pattern: roomId }] }
        : {}),
    });
  }
  if (now !== "all") await client.deletePushRule("global", kinds[now], roomId);
}
