import {
  EventType,
  KnownMembership,
  MatrixError,
  Visibility,
  type MatrixClient,
  type Room,
} from "matrix-js-sdk";

import { setAlerts, type Alerts } from "./alerts";
import type { ClosedNames, RoomWords } from "./closed_names";
import { contentOf, ruleIn, type EntryRule } from "./entry";
import { localpart } from "./names";
import { putInto, type Person } from "./people";
import { classOf, isClosed } from "./room_class";

/** What somebody is in a room. */
export type RoomRole = "administrator" | "moderator" | "member";

/** A member of a room. */
export interface Member extends Person {
  isInvited: boolean;
  /** Asks to be let in. */
  isAsking: boolean;
  role: RoomRole;
  isAdministrator: boolean;
  /** Whether she may remove this person. */
  mayRemove: boolean;
  /** Whether she may say what this person is here. */
  mayAppoint: boolean;
}

/** What she may do with a room. */
export interface RoomRights {
  invite: boolean;
  name: boolean;
  topic: boolean;
  picture: boolean;
  /** Who comes in, and what newcomers see. */
  rules: boolean;
  /** Who may write. */
  power: boolean;
}

/** How a room is set up. */
export interface RoomSetup extends RoomWords, EntryRule {
  history: "joined" | "invited" | "shared" | "world_readable";
  /** Whether only moderators write. */
  isChannel: boolean;
}

const POWER: Record<RoomRole, number> = { administrator: 100, moderator: 50, member: 0 };

/** Changes rooms, and who is in them. */
export class RoomActions {
  readonly #client: MatrixClient;
  readonly #closedNames: ClosedNames;

  constructor(client: MatrixClient, closedNames: ClosedNames) {
    this.#client = client;
    this.#closedNames = closedNames;
  }

  /** Who is in a room, is invited or asks to be let in: those who ask first, then by name. */
  async members(roomId: string): Promise<Member[]> {
    const room = this.#client.getRoom(roomId);
    if (!room) return [];
    await room.loadMembersIfNeeded();
    const { Join, Invite, Knock } = KnownMembership;
    const own = this.#power(room);
    return [Join, Invite, Knock]
      .flatMap((membership) => room.getMembersWithMembership(membership))
      .map((member): Member => {
        const isBelow = member.powerLevel < own;
        const isOther = member.userId !== this.#client.getUserId();
        return {
          id: member.userId,
          name: member.name || localpart(member.userId),
          avatar: member.getMxcAvatarUrl(),
          isInvited: member.membership === Invite,
          isAsking: member.membership === Knock,
          role: roleOf(member.powerLevel),
          isAdministrator: member.powerLevel >= POWER.administrator,
          mayRemove: isOther && isBelow && own >= levelOf(room, "kick", POWER.moderator),
          mayAppoint: isOther && isBelow && this.#may(room, EventType.RoomPowerLevels),
        };
      })
      .sort((a, b) => Number(b.isAsking) - Number(a.isAsking) || a.name.localeCompare(b.name));
  }

  /** What she may do with a room. */
  rights(roomId: string): RoomRights {
    const room = this.#room(roomId);
    const may = (type: string): boolean => this.#may(room, type);
    const isSealed = isClosed(classOf(room));
    const mayName = isSealed ? may("app.kontor.name") : may(EventType.RoomName);
    return {
      invite: room.canInvite(this.#client.getSafeUserId()),
      name: mayName,
      topic: isSealed ? mayName : may(EventType.RoomTopic),
      picture: !isSealed && may(EventType.RoomAvatar),
      rules: may(EventType.RoomJoinRules) && may(EventType.RoomHistoryVisibility),
      power: may(EventType.RoomPowerLevels),
    };
  }

  /** How a room is set up. */
  setup(roomId: string): RoomSetup {
    const room = this.#room(roomId);
    const content = (type: string): Record<string, unknown> =>
      room.currentState.getStateEvents(type, "")?.getContent() ?? {};
    const power = content(EventType.RoomPowerLevels);
    const words = this.#closedNames.of(roomId);
    return {
      name: words?.name ?? String(content(EventType.RoomName).name ?? ""),
      topic: words?.topic ?? String(content(EventType.RoomTopic).topic ?? ""),
      history: room.getHistoryVisibility() as RoomSetup["history"],
      ...ruleIn(content(EventType.RoomJoinRules)),
      isChannel: Number(power.events_default ?? 0) > Number(power.users_default ?? 0),
    };
  }

  /** Invites somebody, or lets in who asks. */
  async invite(roomId: string, userId: string): Promise<void> {
    await this.#client.invite(roomId, userId);
  }

  /** Removes somebody, takes an invitation back, or refuses who asks. */
  async remove(roomId: string, userId: string): Promise<void> {
    await this.#client.kick(roomId, userId);
  }

  /** Says what somebody is in a room. */
  async appoint(roomId: string, userId: string, role: RoomRole): Promise<void> {
    await this.#client.setPowerLevel(roomId, userId, POWER[role]);
  }

  /** Changes name and topic; in closed rooms, so that the server cannot read them. */
  async rename(roomId: string, words: RoomWords): Promise<void> {
    const room = this.#room(roomId);
    if (isClosed(classOf(room))) {
      await this.#closedNames.set(room, words);
      return;
    }
    const before = this.setup(roomId);
    if (words.name !== before.name) await this.#client.setRoomName(roomId, words.name);
    if (words.topic !== before.topic) await this.#client.setRoomTopic(roomId, words.topic);
  }

  /** Gives a room a picture, which the server can see. */
  async setPicture(roomId: string, picture: File): Promise<void> {
    const { content_uri: url } = await this.#client.uploadContent(picture, {
      includeFilename: false,
    });
    await this.#client.sendStateEvent(roomId, EventType.RoomAvatar, { url }, "");
  }

  /** What newcomers see. */
  async setHistory(roomId: string, history: RoomSetup["history"]): Promise<void> {
    const content = { history_visibility: history };
    await this.#client.sendStateEvent(
      roomId,
      EventType.RoomHistoryVisibility,
      content as never,
      "",
    );
  }

  /** How people come in. Where everybody may, they also find the room, unless the organisation lists none. */
  async setEntry(roomId: string, rule: EntryRule): Promise<void> {
    const content = contentOf(rule);
    await this.#client.sendStateEvent(roomId, EventType.RoomJoinRules, content as never, "");
    if (rule.entry !== "public") return;
    try {
      await this.#client.setRoomDirectoryVisibility(roomId, Visibility.Public);
    } catch (error) {
      if (!(error instanceof MatrixError) || error.errcode !== "M_FORBIDDEN") throw error;
    }
  }

  /** Whether only moderators write. */
  async setChannel(roomId: string, isChannel: boolean): Promise<void> {
    const room = this.#room(roomId);
    const power = room.currentState.getStateEvents(EventType.RoomPowerLevels, "")?.getContent();
    const content = { ...power, events_default: isChannel ? POWER.moderator : POWER.member };
    await this.#client.sendStateEvent(roomId, EventType.RoomPowerLevels, content, "");
  }

  /** Puts a room on top of the list, or back. */
  async setFavourite(roomId: string, isFavourite: boolean): Promise<void> {
    await this.#tag(roomId, "m.favourite", isFavourite);
    if (isFavourite) await this.#tag(roomId, "m.lowpriority", false);
  }

  /** Puts a room to the end of the list, or back. */
  async setLow(roomId: string, isLow: boolean): Promise<void> {
    await this.#tag(roomId, "m.lowpriority", isLow);
    if (isLow) await this.#tag(roomId, "m.favourite", false);
  }

  /** What she is told of a room. */
  async setAlerts(roomId: string, alerts: Alerts): Promise<void> {
    await setAlerts(this.#client, roomId, alerts);
  }

  /** Puts a room into a space, or takes it out. */
  async setSpace(space: string, roomId: string, isIn: boolean): Promise<void> {
    await putInto(this.#client, space, roomId, isIn);
  }

  /** Leaves a room, and removes it from her list on all devices. */
  async leave(roomId: string): Promise<void> {
    await this.#client.leave(roomId);
    await this.#client.forget(roomId);
  }

  async #tag(roomId: string, tag: string, isSet: boolean): Promise<void> {
    if (isSet) await this.#client.setRoomTag(roomId, tag, {});
    else if (tag in this.#room(roomId).tags) await this.#client.deleteRoomTag(roomId, tag);
  }

  #may(room: Room, type: string): boolean {
    return room.currentState.maySendStateEvent(type, this.#client.getSafeUserId());
  }

  #power(room: Room): number {
    return room.getMember(this.#client.getSafeUserId())?.powerLevel ?? 0;
  }

  #room(roomId: string): Room {
    const room = this.#client.getRoom(roomId);
    if (!room) throw new Error("no such room");
    return room;
  }
}

function roleOf(power: number): RoomRole {
  if (power >= POWER.administrator) return "administrator";
  return power >= POWER.moderator ? "moderator" : "member";
}

function levelOf(room: Room, action: string, usual: number): number {
  const power = room.currentState.getStateEvents(EventType.RoomPowerLevels, "")?.getContent();
  return Number(power?.[action] ?? usual);
}
