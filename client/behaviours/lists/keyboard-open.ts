// Where an item of a list was opened by a key, one goes there: the heading of what opened gets the focus, as it does for everybody
// where one plane fits the screen (`panes`). From there the next one is said too. A press without a pointer counts
// no clicks, or bears none (`pointerType`): Firefox counts one for a screen reader.
// `<div data-behaviour="keyboard-open">`, items `[data-value]` with a link, heading `[data-plane-heading="reader"]`
import { land } from "../kernel/focus-heading.ts";

export function keyboardOpen(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const heading = (): HTMLElement | null => element.querySelector("[data-plane-heading=reader]");
  let goes = false;
  let place = page.location.pathname;

  element.addEventListener("click", (event) => {
    if (event.detail && (event as PointerEvent).pointerType !== "") goes = false;
    else if ((event.target as Element).matches("[data-value] > a[href]")) goes = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (goes && (event.target as Element).matches("[aria-current]") && heading()) land(heading()!); // it is open already
  }, { signal, capture: true });

  page.addEventListener("htmx:after:swap", () => {
    if (page.location.pathname === place || page.querySelector("dialog[open]")) return;
    place = page.location.pathname;
    const opened = heading();
    const here = opened !== null && opened === page.activeElement;
    if (here) opened.blur(); // it had it for the one before
    if (opened && (here || goes)) land(opened);
    goes = false;
  }, { signal });
}
