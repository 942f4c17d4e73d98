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
