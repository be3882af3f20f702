// Letters that are open in this tab and folded: each a line at the foot of what one reads, that takes it up again: unfolded when its
// sheet is only hidden (`compose-windows`), else asked of the server. More than two are one line, that opens on all of them. A letter is
// one of them once something of it was written. The focus goes to the line, to the sheet that stays, or back to what opened the one that
// went. `<nav data-behaviour="minimised-drafts" data-whose data-url data-untitled data-away data-several data-folded>` with a link `[data-open]`,
// a button, a list and a template
import { aloud } from "../kernel/live-region.ts";
import { unfold } from "./compose-windows.ts";
import { type Docked, Letters } from "./minimised-store.ts";
import { enter, fieldOf, inSight, letterOf, sheetAround, sheetOf, sheets, takeAway, written } from "./compose-window.ts";

const LINES = 2;
const REPLY = "reply";

/** Which message it answers; nothing of what is handed on. */
const answered = (sheet: HTMLElement): { answers?: string } => {
  const { source } = sheet.dataset;
  return source && fieldOf(sheet, "genre") === REPLY ? { answers: source } : {};
};

export function minimisedDrafts(element: HTMLElement, signal: AbortSignal): void {
  const [page, words] = [element.ownerDocument, element.dataset];
  const view = page.defaultView!;
  const parts = ["[data-open]", "ul", "template", "button"].map((part) => element.querySelector(part)!);
  const [link, list, template, all] = parts as [HTMLAnchorElement, HTMLElement, HTMLTemplateElement, HTMLElement];
  const tell = aloud(element);
  const letters = new Letters(view, words["whose"] ?? "", () => draw(), signal);
  const note = (sheet: HTMLElement, opened = false): void => letters.note({ letter: letterOf(sheet), title: fieldOf(sheet, "objet"), ...answered(sheet) }, opened);
  const lineOf = (letter: string): HTMLElement | null => (all.hidden ? list.querySelector(`[data-letter="${letter}"] button`) : all);
  let known: string[] = [];
  let opener: HTMLElement | null = null;

  function focus(first: HTMLElement | null): void {
    const beside = inSight(page).at(-1);
    if (!first && beside) enter(beside);
    else (first ?? (opener?.isConnected ? opener : page.getElementById("contenu")))?.focus();
  }

  function line({ letter, title, away }: Docked): HTMLElement {
    const drawn = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
    drawn.dataset["letter"] = letter;
    drawn.querySelector("b")!.textContent = title || (words["untitled"] ?? "");
    drawn.querySelector("small")!.textContent = away ? (words["away"] ?? "") : "";
    drawn.querySelector("[data-resume]")!.addEventListener("click", () => {
      const sheet = sheetOf(page, letter);
      if (sheet) return unfold(sheet);
      link.href = `${words["url"]}${letter}/`;
      link.click();
    });
    drawn.querySelector("[data-away]")!.addEventListener("click", () => (letters.drop(letter), focus(list.querySelector("button"))));
    return drawn;
  }

  // A hidden sheet without a line would never be found again: it goes, and the server keeps what it had (`save-on-leave`).
  function draw(): void {
    const open = letters.all();
    for (const one of sheets(page)) if (one.hidden && !open.some((known) => known.letter === letterOf(one))) takeAway(one, signal);
    const folded = open.filter(({ letter }) => sheetOf(page, letter)?.hidden ?? true);
    offer(folded);
    if (list.dataset["drawn"] === JSON.stringify(folded)) return;
    list.dataset["drawn"] = JSON.stringify(folded);
    list.replaceChildren(...folded.map(line));
    element.hidden = folded.length === 0;
    const few = folded.length <= LINES;
    all.hidden = few;
    all.querySelector("b")!.textContent = (words["several"] ?? "").replace("%s", String(folded.length));
    show(few);
  }

  // The field that began an answer takes it up again (`replies.py`), and says so.
  function offer(folded: Docked[]): void {
    const field = page.querySelector<HTMLElement>(".reply-field[data-begun]");
    if (!field) return;
    field.dataset["said"] ??= field.textContent ?? "";
    const said = folded.some(({ answers }) => answers && answers === field.dataset["answers"]) ? field.dataset["begun"] : field.dataset["said"];
    if (said !== undefined && field.textContent !== said) field.textContent = said;
  }

  function show(lines: boolean): void {
    list.hidden = !lines;
    all.setAttribute("aria-expanded", String(lines));
  }

  function swapped(): void {
    const before = known;
    known = sheets(page).map(letterOf);
    for (const one of inSight(page)) if (!before.includes(letterOf(one)) && written(one)) note(one, true);
    draw();
    const [gone] = before.filter((one) => !known.includes(one));
    if (gone) left(gone);
  }

  // Once `letter-over` was heard.
  function left(letter: string): void {
    setTimeout(() => {
      if (!page.activeElement || page.activeElement === page.body) focus(lineOf(letter));
    });
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

  function folded({ target, detail }: CustomEventInit & Event): void {
    const sheet = target as HTMLElement;
    note(sheet);
    draw();
    tell((words["folded"] ?? "").replace("%s", () => fieldOf(sheet, "objet") || (words["untitled"] ?? "")));
    if (detail) focus(lineOf(letterOf(sheet)));
  }

  const heard = (name: string, act: (event: Event) => void, more = {}): void => page.addEventListener(name, act, { signal, ...more });
  all.addEventListener("click", () => show(Boolean(list.hidden)), { signal });
  heard("input", (event) => { const sheet = sheetAround(event.target); if (sheet) note(sheet); });
  heard("focusin", (event) => { if (!(event.target as Element).closest("#lettres")) opener = event.target as HTMLElement; });
  heard("folded", folded);
  heard("gone-unwritten", ({ target }) => left(letterOf(target as HTMLElement)));
  heard("unfolded", ({ target }) => void (written(target as HTMLElement) && note(target as HTMLElement, true), draw()));
  heard("submit", pressed, { capture: true });
  heard("htmx:after:swap", swapped);
  heard("letter-over", (event) => letters.over((event as CustomEvent<string>).detail));
  swapped();
}
