// What one has unfolded stays so when the page is drawn anew after an act. Parts that the server folds are named to it in
// `X-Deplies`; a `details` keeps what it is in a morph as long as its part is the same (`keeping`, an extension of htmx). A menu
// has a behaviour of its own, and closes with its act.
// `<div data-behaviour="unfolded-parts"><section data-part="…"><details>…</details></section></div>`, where what is folded has no `data-part`
interface Configured {
  ctx: { request: { headers: Record<string, string> } };
}

interface Morphed {
  newNode: Element;
}

interface Changed {
  attrName: string;
}

export function unfoldedParts(element: HTMLElement, signal: AbortSignal): void {
  function say(event: Event): void {
    const { headers } = (event as CustomEvent<Configured>).detail.ctx.request;
    const parts = [...element.querySelectorAll<HTMLElement>("[data-part]")].map((one) => one.dataset["part"]);
    const drawn = headers["HX-Target"] === "div#bureau" || headers["HX-Target"]?.startsWith("section#m-");
    if (drawn && parts.length) headers["X-Deplies"] = parts.join(" ");
  }

  element.ownerDocument.addEventListener("htmx:config:request", say, { signal });
}

const same = new WeakSet<Element>();

export const keeping = {
  // A part comes before what is inside it.
  htmx_before_morph_node(old: Element, { newNode }: Morphed): void {
    const part = old.getAttribute?.("data-part");
    if (part && part === newNode.getAttribute("data-part")) same.add(old);
    else same.delete(old);
  },
  htmx_before_morph_attr(old: Element, { attrName }: Changed): boolean {
    const part = attrName === "open" && old.matches("details:not([data-behaviour])") && old.closest("[data-part]");
    return !part || !same.has(part);
  },
};
