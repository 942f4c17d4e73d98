import {
  RoomType,
  type HierarchyRoom,
  type IPublicRoomsChunkRoom,
  type MatrixClient,
} from "matrix-js-sdk";

import { whenKnown } from "./people";

/** A room in the directory. */
export interface OpenRoom {
  id: string;
  name: string;
  topic: string;
  avatar: string | undefined;
  members: number;
  /** Whether she has to ask, and somebody lets her in. */
  mustAsk: boolean;
  /** Whether it holds rooms. */
  isSpace: boolean;
}

const FOUND = 50;
/** Most pages read of a space: what stands in the list of a person is less. */
const PAGES = 20;

/** Rooms that everybody in the organisation may find. */
export class Directory {
  readonly #client: MatrixClient;

  constructor(client: MatrixClient) {
    this.#client = client;
  }

  /** Rooms by name or topic; all of them for an empty term. */
  async find(term: string): Promise<OpenRoom[]> {
    const filter = term ? { generic_search_term: term } : {};
    const { chunk } = await this.#client.publicRooms({ limit: FOUND, filter });
    return chunk.map(openRoom);
  }

  /** The rooms of a space that she may know of. */
  async inSpace(space: string): Promise<OpenRoom[]> {
    const found: HierarchyRoom[] = [];
    let from: string | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      const answer = await this.#client.getRoomHierarchy(space, FOUND, 1, false, from);
      found.push(...answer.rooms);
      from = answer.next_batch;
      if (from === undefined) break;
    }
    return found.filter((room) => room.room_id !== space).map(openRoom);
  }

  /** Enters a room; resolves when it is in her list. */
  async enter(roomId: string): Promise<string> {
    await this.#client.joinRoom(roomId);
    await whenKnown(this.#client, roomId, false);
    return roomId;
  }

  /** Asks to be let in. */
  async ask(roomId: string, reason: string): Promise<void> {
    await this.#client.knockRoom(roomId, reason ? { reason } : {});
  }
}

function openRoom(room: IPublicRoomsChunkRoom): OpenRoom {
  return {
    id: room.room_id,
    name: room.name ?? room.canonical_alias ?? "",
    topic: room.topic ?? "",
    avatar: room.avatar_url,
    members: room.num_joined_members,
    mustAsk: room.join_rule === "knock",
    isSpace: room.room_type === RoomType.Space,
  };
}
