// A cursor in a list: J and K carry the focus from item to item and open nothing, O opens as Enter does. While something is open
// beside the list they are its keys (`shortcuts.ts`), and Escape leads from there to its item. An item that goes gives its place to
// the next one, whatever key of the page's sent it away: the focus would be nowhere. Back in the list the cursor begins at what was
// read, in another one at its top.
// `<section data-behaviour="kept-rows list-cursor">`, for `kept-rows` marks what is open, in `[data-view]`; items `[data-value]` with one link.
import { isKey, OVER, TYPING } from "../kernel/single-key.ts";

const STEPS: Record<string, number> = { j: 1, k: -1 };

export function listCursor(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let at = 0, place = element.dataset["list"];
  let read: string | undefined; // the item that is open
  let moving = false; // since a key was pressed here, and nothing else was done
  const around = element.closest<HTMLElement>("[data-view]") ?? element;
  const alone = (): boolean => around.dataset["view"] === "list";
  const links = (): HTMLElement[] =>
    [...element.querySelectorAll<HTMLElement>("[data-value] > a[href]")].filter((one) => !one.closest("[hidden]"));
  const here = (all: HTMLElement[]): number => all.findIndex((one) => one.parentElement?.contains(page.activeElement));

  function go(place: number, all: HTMLElement[]): void {
    at = Math.max(0, Math.min(place, all.length - 1));
    all[at]?.focus();
    moving = true;
  }

  page.addEventListener("keydown", ({ target }) => {
    if (!around.contains(target as Node) || (target as Element).matches(TYPING)) return;
    const now = here(links());
    if (now >= 0) at = now;
    moving = true;
  }, { signal, capture: true });

  page.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if ((!step && event.key !== "o") || !alone() || !isKey(event) || (event.target as Element).closest(OVER)) return;
    const all = links();
    const now = here(all);
    if (step && all.length) go(now < 0 ? at : now + step, all);
    else if (!step && now >= 0 && !event.repeat) all[now]!.click();
    else return;
    event.preventDefault();
  }, { signal, capture: true });

  // Menus, boxes and what floats have their own Escape.
  page.addEventListener("keydown", (event) => {
    const from = event.target as Element;
    const beside = around.contains(from) && !element.contains(from) && !from.closest(`${OVER}, details[open], [popover]`);
    const item = links().find((one) => one.matches("[aria-current]"));
    if (event.key !== "Escape" || !beside || !item?.checkVisibility() || !isKey(event)) return;
    event.preventDefault();
    item.focus();
  }, { signal });

  page.addEventListener("htmx:after:swap", () => {
    const all = links();
    if (element.dataset["list"] !== place) at = 0;
    place = element.dataset["list"];
    const open = all.findIndex((one) => one.matches("[aria-current]"));
    const now = all[open]?.parentElement?.dataset["value"];
    if (open >= 0) at = open;
    if (now && now !== read && here(all) >= 0) all[open]!.focus(); // one goes on from what one reads
    read = now;
    const focused = page.activeElement;
    const lost = !focused || focused === page.body || focused.checkVisibility?.({ visibilityProperty: true }) === false;
    if (moving && lost && all.length) go(at, all);
  }, { signal });

  page.addEventListener("focusin", ({ target }) => void (moving &&= around.contains(target as Node)), { signal });
  page.addEventListener("pointerdown", () => void (moving = false), { signal });
}
