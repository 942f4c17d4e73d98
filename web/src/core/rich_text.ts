/**
 * Formatted messages as a tree of harmless nodes. What others send is never given to the browser as
 * HTML: it is parsed in an inert document, and only what is listed here comes out.
 */

/** A piece of a formatted message. */
export type RichNode = string | RichElement;

/** An element that is allowed, with the only attributes that matter. */
export interface RichElement {
  tag: string;
  href?: string;
  /** Of a mention: the person. */
  userId?: string;
  children: RichNode[];
}

const ALLOWED = new Set(
  (
    "p br strong b em i u s del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 hr a span sub sup " +
    "table thead tbody tr th td"
  ).split(" "),
);
/** Shown as others, so that a message cannot shout. */
const RENAMED: Record<string, string> = { b: "strong", i: "em", del: "s", span: "" };
const DROPPED = new Set(["script", "style", "mx-reply", "template", "iframe", "object", "title"]);
const SCHEMES = /^(https?|mailto|tel|matrix):/i;
const DEEPEST = 40;

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createHTML(html: string): string },
  ): {
    createHTML(html: string): string;
  };
}

/** The one door for foreign HTML, and it leads into a document that runs nothing. */
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(
  "kontor-inert",
  { createHTML: (html) => html },
);

/** The nodes of formatted text. */
export function richText(html: string): RichNode[] {
  const inert = policy ? policy.createHTML(html) : html;
  const parsed = new DOMParser().parseFromString(inert, "text/html");
  return nodesOf(parsed.body, 0);
}

function nodesOf(parent: Node, depth: number): RichNode[] {
  if (depth > DEEPEST) return [parent.textContent ?? ""];
  return Array.from(parent.childNodes).flatMap((node) => nodeOf(node, depth));
}

function nodeOf(node: Node, depth: number): RichNode[] {
  if (node.nodeType === Node.TEXT_NODE) return [node.textContent ?? ""];
  if (!(node instanceof Element) && node.nodeType !== Node.ELEMENT_NODE) return [];
  const tag = (node as Element).tagName.toLowerCase();
  if (DROPPED.has(tag)) return [];
  const children = nodesOf(node, depth + 1);
  if (!ALLOWED.has(tag)) return children;
  const name = RENAMED[tag] ?? tag;
  if (name === "") return children;
  if (name !== "a") return [{ tag: name, children }];
  const href = (node as Element).getAttribute("href") ?? "";
  const userId = mentionedIn(href);
  if (userId) return [{ tag: "mention", userId, children }];
  return SCHEMES.test(href) ? [{ tag: "a", href, children }] : children;
}

const MENTION = /^(?:https:\/\/matrix\.to\/#\/(?:@|%40)|matrix:u\/)([^?#]+)/i;

/** The person that an address stands for (spec: "matrix.to navigation", "Matrix URI scheme"). */
function mentionedIn(href: string): string | undefined {
  const [, name] = MENTION.exec(href) ?? [];
  try {
    return name && `@${decodeURIComponent(name)}`;
  } catch {
    return undefined;
  }
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'’]/gi;

/** Plain text with its addresses as links. */
export function linked(text: string): RichNode[] {
  const nodes: RichNode[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push({ tag: "a", href: match[0], children: [match[0]] });
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}
