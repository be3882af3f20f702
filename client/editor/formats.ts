// What the buttons do to the text.
import type Squire from "squire-rte";

// Our own dress: a class, which the page draws in either theme, and the style that travels.
export const STYLES: Readonly<Record<string, string>> = {
  "ink-slate": "color:#2b4a6b", "ink-moss": "color:#2f6b45", "ink-brick": "color:#a23a2c", "ink-ochre": "color:#8a5a00",
  "ink-grey": "color:#4c5765", "size-small": "font-size:13px", "size-large": "font-size:18px", "size-huge": "font-size:22px;font-weight:bold",
};
const TAGS: Readonly<Record<string, string>> = { bold: "B", italic: "I", underline: "U" };
const LISTS: Readonly<Record<string, string>> = { list: "UL", numbers: "OL" };
const ADDRESS = /^(?:https?:|mailto:|tel:)/i;

/** The nearest element around the selection, inside the text. */
export function around(squire: Squire, selector: string): HTMLElement | null {
  const node = squire.getSelection().commonAncestorContainer;
  const from = node.nodeType === 1 ? (node as Element) : node.parentElement;
  const found = from?.closest<HTMLElement>(selector) ?? null;
  return found && found !== squire.getRoot() && squire.getRoot().contains(found) ? found : null;
}

export function isOn(squire: Squire, act: string): boolean {
  const tag = TAGS[act];
  if (tag) return squire.hasFormat(tag);
  if (act === "quote") return around(squire, "blockquote") !== null;
  return LISTS[act] !== undefined && around(squire, "ul, ol")?.tagName === LISTS[act];
}

export function format(squire: Squire, act: string, value: string): void {
  const on = isOn(squire, act);
  const tag = TAGS[act];
  if (tag && on) squire.changeFormat(null, { tag });
  else if (tag) squire.changeFormat({ tag });
  else if (LISTS[act] && on) squire.removeList();
  else if (act === "list") squire.makeUnorderedList();
  else if (act === "numbers") squire.makeOrderedList();
  else if (act === "quote" && on) squire.decreaseQuoteLevel();
  else if (act === "quote") squire.increaseQuoteLevel();
  else if (act === "clear") squire.removeAllFormatting();
  else if (act === "unlink") squire.removeLink();
  else if (act === "link" && value) squire.makeLink(whole(value));
  else if (act === "ink" || act === "size") dress(squire, `${act}-`, value);
}

function dress(squire: Squire, kind: string, name: string): void {
  for (const other of Object.keys(STYLES).filter((one) => one.startsWith(kind))) {
    squire.changeFormat(null, { tag: "SPAN", attributes: { class: other } });
  }
  const style = STYLES[name];
  if (style) squire.changeFormat({ tag: "SPAN", attributes: { class: name, "data-style": style } });
}

function whole(address: string): string {
  if (ADDRESS.test(address)) return address;
  return /^[^/\s]+@[^/\s]+$/.test(address) ? `mailto:${address}` : `https://${address}`;
}
