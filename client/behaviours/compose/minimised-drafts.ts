// Letters that are open in this tab and not in sight, each a bar that brings it back: unfolded when its sheet is only hidden
// (`compose-windows`), else asked of the server. Two, besides those for which the screen has room. A letter is one of them once something of it
// was written, or once it was folded. The focus goes to the bar, to the sheet that stays, or back to what opened the one that went.
// `<nav data-behaviour="minimised-drafts" data-whose data-url data-untitled data-away>` with a link `[data-open]`, a list and a template
import { room, unfold } from "./compose-windows.ts";
import { type Docked, Letters } from "./minimised-store.ts";
import { enter, fieldOf, inSight, letterOf, sheetAround, sheetOf, sheets, takeAway, written } from "./compose-window.ts";

export function minimisedDrafts(element: HTMLElement, signal: AbortSignal): void {
  const [page, words] = [element.ownerDocument, element.dataset];
  const view = page.defaultView!;
  const [link, list, template] = ["[data-open]", "ul", "template"].map((part) => element.querySelector(part)!) as [HTMLAnchorElement, HTMLElement, HTMLTemplateElement];
  const letters = new Letters(view, words["whose"] ?? "", () => room(view) + 2, () => draw(), signal);
  const note = (sheet: HTMLElement, opened = false): void => letters.note({ letter: letterOf(sheet), title: fieldOf(sheet, "objet") }, opened);
  const barOf = (letter: string): HTMLElement | null => list.querySelector(`[data-letter="${letter}"] button`);
  let known: string[] = [];
  let opener: HTMLElement | null = null;

  function focus(first: HTMLElement | null): void {
    const beside = inSight(page).at(-1);
    if (!first && beside) enter(beside);
    else (first ?? (opener?.isConnected ? opener : page.getElementById("contenu")))?.focus();
  }

  function bar({ letter, title, away }: Docked): HTMLElement {
    const drawn = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
    drawn.dataset["letter"] = letter;
    drawn.querySelector("span")!.textContent = title || (words["untitled"] ?? "");
    drawn.querySelector("small")!.textContent = away ? (words["away"] ?? "") : "";
    drawn.querySelector("button")!.addEventListener("click", () => {
      const sheet = sheetOf(page, letter);
      if (sheet) return unfold(sheet);
      link.href = `${words["url"]}${letter}/`;
      link.click();
    });
    drawn.querySelector("[data-away]")!.addEventListener("click", () => (letters.drop(letter), focus(list.querySelector("button"))));
    return drawn;
  }

  // A hidden sheet without a bar would never be found again: it goes, and the server keeps what it had (`save-on-leave`).
  function draw(): void {
    const all = letters.all();
    for (const one of sheets(page)) if (one.hidden && !all.some((known) => known.letter === letterOf(one))) takeAway(one, signal);
    const bars = all.filter(({ letter }) => sheetOf(page, letter)?.hidden ?? true);
    if (list.dataset["drawn"] === JSON.stringify(bars)) return;
    list.dataset["drawn"] = JSON.stringify(bars);
    list.replaceChildren(...bars.map(bar));
    element.hidden = bars.length === 0;
  }

  function swapped(): void {
    const before = known;
    known = sheets(page).map(letterOf);
    for (const one of inSight(page)) if (!before.includes(letterOf(one)) && written(one)) note(one, true);
    draw();
    const [gone] = before.filter((one) => !known.includes(one));
    const lost = (): boolean => !page.activeElement || page.activeElement === page.body;
    if (gone) setTimeout(() => lost() && focus(barOf(gone))); // once `letter-over` was heard
  }

  // Into a tab of its own the browser itself sends the form, and the sheet is closed here.
  function pressed(event: Event): void {
    const sheet = sheetAround(event.target);
    if (!sheet || (event as SubmitEvent).submitter?.getAttribute("formtarget") !== "_blank") return;
    event.stopImmediatePropagation();
    const now = { letter: letterOf(sheet), title: fieldOf(sheet, "objet"), away: true };
    sheet.querySelector("form")?.dispatchEvent(new CustomEvent("handed-over")); // what was typed goes with it: nothing is kept from here after it
    setTimeout(() => (takeAway(sheet, signal), letters.note(now), swapped()));
  }

  const heard = (name: string, act: (event: Event) => void, more = {}): void => page.addEventListener(name, act, { signal, ...more });
  heard("input", (event) => { const sheet = sheetAround(event.target); if (sheet) note(sheet); });
  heard("focusin", (event) => { if (!(event.target as Element).closest("#ecrire, .docks")) opener = event.target as HTMLElement; });
  heard("folded", ({ target, detail }: CustomEventInit & Event) => { note(target as HTMLElement); draw(); if (detail) focus(barOf(letterOf(target as HTMLElement))); });
  heard("unfolded", ({ target }) => void (written(target as HTMLElement) && note(target as HTMLElement, true), draw()));
  heard("submit", pressed, { capture: true });
  heard("htmx:after:swap", swapped);
  heard("letter-over", (event) => letters.over((event as CustomEvent<string>).detail));
  swapped();
}
