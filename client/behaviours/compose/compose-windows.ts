// The sheets of letters being written, `.composer[data-letter]`: those in sight stand side by side, the last one opened at the
// end. One more than the screen has room for folds the oldest; the button `[name=reduire]` and Escape fold one too. A folded
// sheet is only hidden: what it has typed, what it is sending and what it undoes go on. The page hears `folded`, `unfolded`.
// `<div id="ecrire" data-behaviour="compose-windows">`. Each request of a sheet says which one stands in front (`X-Devant`).
import { enter, entitle, inSight, letterOf, sheetAround, sheetOf, sheets, written } from "./compose-window.ts";

const WIDE = ["(min-width: 75rem)", "(min-width: 112rem)"]; // room for one more

/** How many stand side by side. */
export const room = (view: Window): number => 1 + WIDE.filter((one) => view.matchMedia(one).matches).length;
const say = (sheet: HTMLElement, name: string, detail?: boolean): boolean => sheet.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

// It saves what it has not saved yet, unless the server has just refused it: that answer would bring it back at once.
function fold(sheet: HTMLElement, focused: boolean): void {
  sheet.hidden = true;
  if (!sheet.querySelector("[role=alert] .notice")) sheet.querySelector("form")?.dispatchEvent(new CustomEvent("hurry"));
  say(sheet, "folded", focused);
}

/** In sight, and one goes on writing there. */
export function unfold(sheet: HTMLElement): void {
  if (sheet.hidden) sheet.parentElement?.append(sheet);
  sheet.hidden = false;
  say(sheet, "unfolded");
  enter(sheet);
}

export function composeWindows(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const view = page.defaultView!;
  const seen = new WeakSet<HTMLElement>(sheets(page));

  // What has just come stays, also a folded one that the server has something to say about. One on which nothing was written makes room by going, unless it is the screen that has become smaller.
  function fit(all = false): void {
    const [shown, known] = [inSight(page), (one: HTMLElement): boolean => seen.has(one)];
    for (const one of [...shown.filter(known), ...shown.filter((one) => !known(one))].slice(0, -room(view))) {
      const focused = one.contains(page.activeElement);
      if (all || written(one)) fold(one, false);
      else one.remove();
      if (focused) enter(inSight(page).at(-1)!);
    }
  }

  function swapped(): void {
    for (const one of sheets(page)) {
      const first = sheetOf(page, letterOf(one))!;
      if (first === one) continue;
      one.remove(); // it was open: what is typed there counts
      unfold(first);
    }
    fit();
    for (const one of sheets(page)) seen.add(one);
    entitle(inSight(page));
  }

  element.addEventListener("submit", (event) => {
    const sheet = sheetAround(event.target);
    if (!sheet || (event as SubmitEvent).submitter?.getAttribute("name") !== "reduire") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    fold(sheet, true);
  }, { signal, capture: true });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || (event.target as Element).matches("select")) return;
    const button = sheetAround(event.target)?.querySelector<HTMLElement>("[name=reduire]");
    if (button && button.offsetParent !== null) button.click(); // not on a telephone
  }, { signal });
  element.addEventListener("unfolded", () => fit(), { signal });
  for (const name of ["input", "unfolded"]) element.addEventListener(name, () => entitle(inSight(page)), { signal });
  page.addEventListener("htmx:after:swap", swapped, { signal });
  page.addEventListener("htmx:config:request", (event) => {
    const { headers } = (event as CustomEvent<{ ctx: { request: { headers: Record<string, string> } } }>).detail.ctx.request;
    if (sheetAround(event.target)) headers["X-Devant"] = letterOf(inSight(page).at(-1));
  }, { signal });
  view.addEventListener("resize", () => fit(true), { signal });
}
