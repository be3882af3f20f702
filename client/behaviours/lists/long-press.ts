// A finger that rests on an item ticks its box, as in the mail programs of a telephone; the press that ends so opens nothing.
// `<div data-behaviour="long-press">` with items `[data-value]` that hold `input[name=choix]`
const RESTS = 450; // milliseconds: sooner than the browser's own menu
const MOVES = 10; // points: more is a scroll or a swipe

export function longPress(element: HTMLElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };
  let finger = false; // what went down last
  let ticked = false; // since it went down
  const stop = (): void => clearTimeout(timer);

  element.addEventListener("pointerdown", (event) => {
    stop();
    [finger, ticked, start] = [event.pointerType !== "mouse", false, { x: event.clientX, y: event.clientY }];
    const box = (event.target as Element).closest("[data-value]")?.querySelector<HTMLInputElement>("input[name=choix]");
    if (!finger || !event.isPrimary || !box || event.target === box) return;
    timer = setTimeout(() => {
      ticked = true;
      box.click();
    }, RESTS);
  }, { signal });
  element.addEventListener("pointermove", (event) => {
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > MOVES) stop();
  }, { signal });
  for (const end of ["pointerup", "pointercancel", "scroll"]) element.addEventListener(end, stop, { signal });
  // Neither the browser's menu of a link nor its own way of carrying one.
  for (const name of ["contextmenu", "dragstart"]) {
    element.addEventListener(name, (event) => {
      if (finger && (event.target as Element).closest("[data-value]")) event.preventDefault();
    }, { signal });
  }
  // Before the list hears of it, which would untick it again.
  element.ownerDocument.addEventListener("click", (event) => {
    if (!ticked || !event.isTrusted || !element.contains(event.target as Node)) return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal, capture: true });
  signal.addEventListener("abort", stop);
}
