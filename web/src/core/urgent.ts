import type { Content } from "./content";

/** Marks a message that everybody is to confirm. */
const URGENT = "app.kontor.urgent";

/** How people say that they have read and understood. A reaction, so that every program shows it. */
export const UNDERSTOOD = "✅ Gelesen und verstanden";

/** Marks a message as urgent. */
export function markUrgent(content: Content): void {
  content[URGENT] = true;
}

/** Whether a message is urgent. */
export function isUrgent(content: Content): boolean {
  return content[URGENT] === true;
}
