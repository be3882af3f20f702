// A cursor in a list: J and K carry the focus from item to item and open nothing, O opens as Enter does. While something is open
// beside the list they are its keys (`shortcuts.ts`), and Escape leads from there to its item. An item that goes gives its place to
// the next one, and back in the list the cursor stands on what was read. `<section data-behaviour="had cursor">`, for `had` marks what is open, in `[data-view]`;
// items `[data-value]` with one link.
import { isKey, OVER } from "./keys.ts";

const STEPS: Record<string, number> = { j: 1, k: -1 };

export function cursor(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let at = 0;
  let read: string | undefined; // the item that is open
  let moving = false; // since it was moved by a key, and nothing else was done
  let keys = false; // what was done last was done by a key
  const alone = (): boolean => element.closest<HTMLElement>("[data-view]")?.dataset["view"] === "list";
  const links = (): HTMLElement[] =>
    [...element.querySelectorAll<HTMLElement>("[data-value] > a[href]")].filter((one) => !one.closest("[hidden]"));
  const here = (all: HTMLElement[]): number => all.findIndex((one) => one.parentElement?.contains(page.activeElement));

  function go(place: number, all: HTMLElement[]): void {
    at = Math.max(0, Math.min(place, all.length - 1));
    all[at]?.focus();
    moving = true;
  }

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
    keys = true;
    const from = event.target as Element;
    const near = element.closest("[data-view]")?.contains(from) && !element.contains(from) && !from.closest(`${OVER}, details[open], [popover]`);
    const item = links().find((one) => one.matches("[aria-current]"));
    if (event.key !== "Escape" || !near || !item?.checkVisibility() || !isKey(event)) return;
    event.preventDefault();
    item.focus();
  }, { signal });

  page.addEventListener("htmx:after:swap", () => {
    const all = links();
    const open = all.findIndex((one) => one.matches("[aria-current]"));
    const now = all[open]?.parentElement?.dataset["value"];
    if (open >= 0) at = open;
    if (now && now !== read && here(all) >= 0) all[open]!.focus(); // one goes on from what one reads
    const left = read !== undefined && now === undefined;
    read = now;
    const lost = !page.activeElement || page.activeElement === page.body;
    if ((moving || (left && keys)) && lost && alone() && all.length) go(at, all);
  }, { signal });

  page.addEventListener("focusin", ({ target }) => void (moving &&= element.contains(target as Node)), { signal });
  page.addEventListener("pointerdown", () => void (moving = keys = false), { signal });
}
