// Says texts to those who do not see them, in the one live region of the page, which is there from the beginning and empty: once what was
// swapped has come to rest, as screen readers drop what is said in the middle of it (Orca: within 0.1 s of other changes), and gone
// after a while, so that who reads on does not find it, and the same words are said again. What several say at once is said together,
// of each one the last. `<div id="parole" class="visually-hidden" aria-live="polite" aria-atomic="true"></div>`
const REST = 400;
const WHILE = 10_000;

interface Speech {
  words: Map<Element, string>;
  timer?: ReturnType<typeof setTimeout>;
}
const speeches = new WeakMap<Document, Speech>();

export function aloud(element: Element): (text: string) => void {
  const page = element.ownerDocument;
  return (text) => {
    const region = page.getElementById("parole");
    if (!region) return;
    const speech: Speech = speeches.get(page) ?? { words: new Map() };
    speeches.set(page, speech);
    speech.words.delete(element);
    if (text) speech.words.set(element, text);
    clearTimeout(speech.timer);
    region.textContent = ""; // the same words in place of themselves are no change
    speech.timer = setTimeout(() => {
      region.textContent = [...speech.words.values()].join(". ");
      speech.words.clear();
      speech.timer = setTimeout(() => (region.textContent = ""), WHILE);
    }, REST);
  };
}

/** Says what comes to stand in this element, or is shown in it; with `data-at-once` also what it came with; with `data-once` not again
 *  where numbers alone are others, as the hour of each save. `<div data-behaviour="spoken">` */
export function spoken(element: HTMLElement, signal: AbortSignal): void {
  const { MutationObserver } = element.ownerDocument.defaultView!;
  const say = aloud(element);
  function words(): string {
    const copy = element.cloneNode(true) as HTMLElement;
    for (const one of copy.querySelectorAll("[hidden]")) one.remove();
    return element.hidden ? "" : copy.textContent.trim().replace(/\s+/g, " ");
  }
  const news = (text: string): string => (element.hasAttribute("data-once") ? text.replace(/\d+/g, "") : text);
  let known = words();
  if (element.hasAttribute("data-at-once") && known) say(known);
  const seen = new MutationObserver(() => {
    const now = words();
    if (now && news(now) !== news(known)) say(now);
    known = now;
  });
  seen.observe(element, { childList: true, subtree: true, characterData: true, attributeFilter: ["hidden"] });
  signal.addEventListener("abort", () => seen.disconnect());
}
