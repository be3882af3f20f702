// What may stand in the text: what the server gave, or less, what was pasted. The server judges all of it again.
import DOMPurify from "dompurify";

const TAGS = `a b bdi bdo blockquote br caption code col colgroup div em font h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre s
  small span strike strong sub sup table tbody td tfoot th thead tr u ul`.split(/\s+/);
const ATTRIBUTES = `align alt bgcolor border cellpadding cellspacing class color colspan data-style dir face height href
  lang rowspan scope size span src start type valign value width`.split(/\s+/);
const PASTED = new Set("alt class colspan dir height href lang rowspan src start width".split(" "));
const UNWRAPPED = "small, bdo, col, colgroup, caption";
const LINK = /^(?:https?|mailto|tel):/i;

/** Before anything parses it: our pages' content policy complains of each `style` and each handler, even of a document
 * that is never shown. Safety is not made here, but by what comes after. */
export function tamed(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->|<!\[[^>]*>/g, "")
    .replace(/<(style|script|head|xml|svg|math|noscript|iframe|object|template)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<(?:meta|link|base|embed|script|style|iframe)\b[^>]*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) =>
      tag.replace(/\sstyle(?=\s*=)/gi, " data-style").replace(/\son[a-z]+(?=\s*=)/gi, " data-off"));
}

/** Only pictures that we serve: `dropped` counts the others. */
export function harmless(html: string, isOurs: (address: string) => boolean): { fragment: DocumentFragment; dropped: number } {
  const fragment = DOMPurify.sanitize(tamed(html), {
    ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ATTRIBUTES, ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false,
    ADD_URI_SAFE_ATTR: ["data-style"], RETURN_DOM_FRAGMENT: true,
  });
  let dropped = 0;
  for (const image of fragment.querySelectorAll("img")) {
    if (isOurs(image.getAttribute("src") ?? "")) continue;
    image.remove();
    dropped += 1;
  }
  for (const link of fragment.querySelectorAll("a[href]")) {
    if (!LINK.test(link.getAttribute("href") ?? "")) link.removeAttribute("href");
  }
  for (const link of fragment.querySelectorAll("a:not([href])")) {
    link.replaceWith(...link.childNodes);
  }
  return { fragment, dropped };
}

/** Old letters have `font`, of which Squire would make styles. */
export function withoutFonts(fragment: DocumentFragment): void {
  const sizes = ["", "10px", "13px", "16px", "18px", "24px", "32px", "48px"];
  for (const font of fragment.querySelectorAll("font")) {
    const given = (name: string): string => (font.getAttribute(name) ?? "").replace(/[^\w#,' -]/g, "");
    const size = sizes[Number(given("size"))] ?? "";
    const style = [["color", given("color")], ["font-family", given("face")], ["font-size", size]].filter(([, value]) => value);
    const span = font.ownerDocument.createElement("span");
    if (style.length > 0) span.setAttribute("data-style", style.map((one) => one.join(":")).join(";"));
    span.append(...font.childNodes);
    font.replaceWith(span);
  }
}

/** What comes from Word or from the web: its words, its lists, bold, italic and underlined, and nothing of its dress.
 * `own`: the classes that are ours. */
export function reduced(fragment: DocumentFragment, own: ReadonlySet<string>): void {
  wordLists(fragment);
  for (const element of fragment.querySelectorAll<HTMLElement>("*")) {
    const style = element.getAttribute("data-style") ?? "";
    const classes = [...element.classList].filter((name) => own.has(name));
    for (const { name } of [...element.attributes]) if (!PASTED.has(name)) element.removeAttribute(name);
    if (classes.length > 0) element.className = classes.join(" ");
    else {
      element.removeAttribute("class");
      semantic(element, style);
    }
  }
  for (const element of fragment.querySelectorAll(UNWRAPPED)) element.replaceWith(...element.childNodes);
  for (const span of fragment.querySelectorAll("span:not([class])")) span.replaceWith(...span.childNodes);
}

function semantic(element: HTMLElement, style: string): void {
  const meant: string[] = [];
  if (/(?:^|[;\s])font-weight\s*:\s*(?:bold|[6-9]00)/i.test(style) && !element.closest("b, strong, h1, h2, h3, h4, h5, h6")) meant.push("b");
  if (/(?:^|[;\s])font-style\s*:\s*italic/i.test(style) && !element.closest("i, em")) meant.push("i");
  if (/text-decoration[^;]*underline/i.test(style) && !element.closest("u, a")) meant.push("u");
  // Some programs wrap all they copy in a bold element that is not.
  if (/^(?:B|STRONG)$/.test(element.tagName) && /(?:^|[;\s])font-weight\s*:\s*(?:normal|400)/i.test(style)) {
    element.replaceWith(...element.childNodes);
    return;
  }
  for (const tag of meant) {
    const wrap = element.ownerDocument.createElement(tag);
    wrap.append(...element.childNodes);
    element.append(wrap);
  }
}

/** Word writes its lists as paragraphs with a bullet typed in front. */
function wordLists(fragment: DocumentFragment): void {
  let list: HTMLElement | undefined;
  for (const item of fragment.querySelectorAll<HTMLElement>("p[data-style*='mso-list'], p.MsoListParagraph")) {
    const marker = /^\s*(?:[·•o§▪–-]|(\d{1,3}|[a-z])[.)])[\s\u00a0]+/i.exec(item.textContent ?? "");
    if (!marker) continue;
    const tag = marker[1] ? "ol" : "ul";
    const before = previous(item);
    if (!list || list !== before || list.localName !== tag) {
      list = item.ownerDocument.createElement(tag);
      item.before(list);
    }
    const line = item.ownerDocument.createElement("li");
    line.append(...item.childNodes);
    strip(line, marker[0].length);
    list.append(line);
    item.remove();
  }
}

function previous(element: Element): Element | null {
  const before = element.previousSibling;
  if (before?.nodeType === 3 && !before.textContent?.trim()) before.remove();
  return element.previousElementSibling;
}

function strip(element: HTMLElement, length: number): void {
  let left = length;
  const walker = element.ownerDocument.createTreeWalker(element, 4);
  for (let node = walker.nextNode(); node && left > 0; node = walker.nextNode()) {
    const text = node as Text;
    const cut = Math.min(left, text.data.length);
    text.data = text.data.slice(cut);
    left -= cut;
  }
}

/** Plain lines as lines of the text. */
export function lines(text: string): string {
  const escaped = (line: string): string => line.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return text.replace(/\r\n?/g, "\n").split("\n").map((line) => `<div>${escaped(line) || "<br>"}</div>`).join("");
}
