import { Marked } from "marked";

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

// Whoever types `<b>` means these three characters; pictures from elsewhere would tell that
// elsewhere who reads.
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text, href }) => escapeHtml(`![${text}](${href})`),
  },
});

/** What was typed as formatted text; `undefined` if it has no formatting. */
export function formatted(text: string): string | undefined {
  const html = (marked.parse(text, { async: false }) as string).trim();
  const single = /^<p>([^]*)<\/p>$/.exec(html)?.[1];
  const inner = single !== undefined && !single.includes("<p>") ? single : html;
  const plain = escapeHtml(text.trim())
    .replaceAll("\n", "<br>")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
  return inner === plain ? undefined : inner;
}
