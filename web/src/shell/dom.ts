/** The page before the chat is small: it makes its few elements itself. */

type Attributes = Record<string, string | boolean | (() => void)>;

/** A new element. Functions among the attributes listen to clicks. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Shows these elements and nothing else. */
export function show(...elements: Node[]): void {
  document.body.replaceChildren(...elements);
}
