// The planes of a page whose parts are replaced: what floats closes after a change of place, the newly opened plane is
// read from its top, or from what is new in it (`data-arrive`), also once the formatted texts above have their height, and
// where only one plane fits the screen, or where it asks a question (`.question`), its heading gets the focus. Answers are placed in the order of what was pressed: one
// that comes after the answer to something later (a message opened, then archived before it was there) is dropped.
// `<div data-behaviour="panes" data-view="list|reader">`, headings `[data-plane-heading="list|reader"]`
import { land } from "./focus-heading.ts";

interface Asked {
  ctx: { target?: Element | string; sourceElement?: Element; request: { method: string } };
}

const LETTERS = "#lettres"; // lies over what one reads
const order = new WeakMap<object, number>();
let begun = 0, placed = 0;

export function panes(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const narrow = (): boolean =>
    element.dataset["pane"] === "none" || page.defaultView!.matchMedia("(max-width: 48rem)").matches;
  // A search changes the place while one is still typing it; so does what lies over the page (a letter, a question).
  const keepsFocus = (): boolean => {
    const active = page.activeElement;
    const over = (!element.contains(active) || active?.closest(LETTERS)) && active?.closest("form") && active.matches("input, textarea, select, summary, [contenteditable], [autofocus]");
    return Boolean(over || active?.matches("input[type=search]"));
  };
  let place = page.location.pathname;
  let moved = false; // by the person, since something was opened

  function begin(heading: HTMLElement | null): void {
    const pane = heading?.closest(".scroll");
    const goal = pane?.querySelector("[data-arrive]");
    moved = false;
    pane?.scrollTo(0, goal ? pane.scrollTop + goal.getBoundingClientRect().top - pane.getBoundingClientRect().top : 0);
  }

  const opened = (): HTMLElement | null => page.querySelector(`[data-plane-heading="${element.dataset["view"] ?? ""}"]`);
  const asked = (): Element | null => opened()?.closest(".question") ?? null;
  let question = asked();

  function arrive(event: Event): void {
    if (page.querySelector("dialog[open]")) return; // what lies over the page has an address of its own
    const { target, sourceElement } = (event as CustomEvent<Asked>).detail?.ctx ?? {};
    // Drawn anew by itself, as when mail comes; outside, what asked for itself.
    const part = typeof target === "object" && target !== element && ((element.contains(target) && !target.closest(LETTERS)) || target === sourceElement);
    if (!part) for (const open of page.querySelectorAll<HTMLElement>("[popover]:popover-open")) open.hidePopover();
    const before = question;
    question = asked();
    const anew = question !== null && question !== before;
    if (page.location.pathname === place && !anew) return;
    place = page.location.pathname;
    begin(opened());
    if ((narrow() || anew) && !keepsFocus() && opened()) land(opened()!);
  }

  if (page.querySelector("[data-arrive]")) begin(opened());

  // What stands below is not shown before (message.css): nobody sees it come.
  function measured(event: Event): void {
    const goal = page.querySelector("[data-arrive]");
    const above = goal && (event.target as Node).compareDocumentPosition(goal) & 4; // the goal follows
    if (above) queueMicrotask(() => moved || begin(opened())); // it says so just before it has its height
  }

  // What an act answers is always shown: it says what was done.
  function inOrder(event: Event): void {
    const { ctx } = (event as CustomEvent<Asked>).detail;
    const mine = order.get(ctx);
    if (mine === undefined) return;
    if (mine < placed && ctx.request.method === "GET") event.preventDefault();
    placed = Math.max(placed, mine);
  }

  page.addEventListener("htmx:config:request", (event) => {
    const { ctx } = (event as CustomEvent<Asked>).detail;
    if (ctx.target === element) order.set(ctx, ++begun);
  }, { signal });
  page.addEventListener("htmx:before:history:restore", () => void (placed = ++begun), { signal });
  page.addEventListener("htmx:before:swap", inOrder, { signal });
  page.addEventListener("htmx:after:swap", arrive, { signal });
  element.addEventListener("measured", measured, { signal, capture: true });
  for (const act of ["wheel", "pointerdown", "keydown"]) {
    element.addEventListener(act, () => (moved = true), { signal, passive: true });
  }
}
