// Letters that are open in this tab: the one on the sheet, `#feuille[data-letter]`, and up to two beside it (three when none is
// shown), each a bar that brings it back. A letter is one of them once something of it was written. The focus goes to the bar,
// or back to what opened the sheet. `<nav data-behaviour="docks" data-whose data-url data-untitled data-away>` with a link
// `[data-open]`, a list and a template; a button of the sheet that reduces it is `[name=reduire]`
import { type Docked, Letters, takeAway } from "./docked.ts";

export function docks(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const words = element.dataset;
  const [link, list, template] = ["[data-open]", "ul", "template"].map((part) => element.querySelector(part)!) as [HTMLAnchorElement, HTMLElement, HTMLTemplateElement];
  const letters = new Letters(page.defaultView!, words["whose"] ?? "", () => draw(), signal);
  const form = (): HTMLFormElement | null => page.querySelector<HTMLFormElement>("#feuille form");
  const opened = (): string => page.querySelector<HTMLElement>("#feuille")?.dataset["letter"] ?? "";
  const field = (one: string): string => form()?.querySelector<HTMLInputElement>(`[name=${one}]`)?.value.trim() ?? "";
  const note = (): void => letters.note({ letter: opened(), title: field("objet") });
  let shown = opened();
  let opener: HTMLElement | null = null;

  const focus = (first: HTMLElement | null): void => (first ?? (opener?.isConnected ? opener : page.getElementById("contenu")))?.focus();

  function bar({ letter, title, away }: Docked): HTMLElement {
    const drawn = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
    drawn.dataset["letter"] = letter;
    drawn.querySelector("span")!.textContent = title || (words["untitled"] ?? "");
    drawn.querySelector("small")!.textContent = away ? (words["away"] ?? "") : "";
    drawn.querySelector("button")!.addEventListener("click", () => {
      link.href = `${words["url"]}${letter}/`;
      link.click();
    });
    drawn.querySelector("[data-away]")!.addEventListener("click", () => (letters.drop(letter), focus(list.querySelector("button"))));
    return drawn;
  }

  function draw(): void {
    const bars = letters.all().filter((one) => one.letter !== opened());
    if (list.dataset["drawn"] === JSON.stringify(bars)) return;
    list.dataset["drawn"] = JSON.stringify(bars);
    list.replaceChildren(...bars.map(bar));
    element.hidden = bars.length === 0;
  }

  function swapped(): void {
    const [before, now] = [shown, opened()];
    if (before === now) return;
    shown = now;
    if (now && !field("debut")) note();
    draw();
    if (!now) setTimeout(() => focus(list.querySelector(`[data-letter="${before}"] button`))); // once `letter-over` was heard
  }

  // Into a tab of its own the browser itself sends the form, and the sheet is closed here.
  function pressed(event: Event): void {
    const button = (event as SubmitEvent).submitter;
    if (event.target !== form()) return;
    if (button?.getAttribute("name") === "reduire") note();
    if (button?.getAttribute("formtarget") !== "_blank") return;
    event.stopImmediatePropagation();
    const now = { letter: opened(), title: field("objet"), away: true };
    form()?.dispatchEvent(new CustomEvent("handed-over")); // what was typed goes with it: nothing is kept from here after it
    setTimeout(() => {
      const sheet = page.querySelector<HTMLElement>("#feuille");
      if (sheet) takeAway(sheet, signal);
      letters.note(now);
      swapped();
    });
  }

  page.addEventListener("input", (event) => void (form()?.contains(event.target as Node) && note()), { signal });
  page.addEventListener("focusin", (event) => {
    if (!(event.target as Element).closest("#ecrire, .docks")) opener = event.target as HTMLElement;
  }, { signal });
  page.addEventListener("submit", pressed, { signal, capture: true });
  page.addEventListener("htmx:after:swap", swapped, { signal });
  page.addEventListener("letter-over", (event) => letters.over((event as CustomEvent<string>).detail), { signal });
  if (shown && !field("debut")) note();
  draw();
}
