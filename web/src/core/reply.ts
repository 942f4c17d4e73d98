/** The words of a message without the quotation that older programs put before them
    (spec: "Fallbacks for rich replies"). */
export function plainBody(content: Record<string, unknown>): string {
  const body = typeof content["body"] === "string" ? content["body"] : "";
  const relation = content["m.relates_to"] as Record<string, unknown> | undefined;
  if (!relation?.["m.in_reply_to"] || !body.startsWith("> ")) return body;
  const lines = body.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("> "));
  return end < 0 ? body : lines.slice(end).join("\n").trimStart();
}

/** Pairs of signs that make a text bold, slanted, struck out or code. How far apart they may be is limited: a long
    line full of them must not keep the list waiting. */
const MARKS =
  /(?<![\p{L}\p{N}*_])(\*\*|__|~~|\*|_|`)(?=\S)([^\n]{1,300}?)(?<=\S)\1(?![\p{L}\p{N}*_])/gu;

/** The words as they are read, not as they were typed. */
export function withoutMarks(text: string): string {
  return text.replace(MARKS, "$2");
}

/** The words of a message, where lists and hits show nothing else of it. */
export function shownBody(content: Record<string, unknown>): string {
  const body = plainBody(content);
  return typeof content["formatted_body"] === "string" ? withoutMarks(body) : body;
}
