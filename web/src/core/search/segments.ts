import { SealedRecords } from "../sealed_records";

const PLACE = { database: "kontor-search", store: "segments", key: "search-key" };

/** A message as the search knows it. */
export interface Entry {
  id: string;
  sender: string;
  ms: number;
  text: string;
  /** The name of a file. */
  isFile?: boolean;
}

/** Messages of one room that are kept together. */
export interface Segment {
  roomId: string;
  entries: Entry[];
  /** How far back the room has been read; on its first segment only. */
  progress?: Progress | undefined;
}

/** How far back a room has been read. */
export interface Progress {
  /** Where reading goes on; `undefined` if everything has been read. */
  token: string | undefined;
  /** The oldest message read, in milliseconds. */
  oldestMs: number;
}

/** What the search keeps on the disk: segments of a few hundred messages. */
export type Segments = SealedRecords<Segment>;

/** Opens the segments of this browser. */
export function openSegments(): Promise<Segments> {
  return SealedRecords.open(PLACE);
}
