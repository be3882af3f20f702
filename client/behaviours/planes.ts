// The planes of a page whose parts are replaced: what floats closes after a change of place, the newly opened plane is
// read from its top, or from what is new in it (`data-arrive`), and where only one plane fits the screen its heading
// gets the focus.
// `<div data-behaviour="planes" data-view="list|reader">`, headings `[data-plane-heading="list|reader"]`
export function planes(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const narrow = (): boolean =>
    element.dataset["pane"] === "none" || page.defaultView!.matchMedia("(max-width: 48rem)").matches;
  // A search changes the place while one is still typing it.
  const typing = (): boolean => page.activeElement?.matches("input[type=search]") ?? false;
  let place = page.location.pathname;

  function begin(heading: HTMLElement | null): void {
    const pane = heading?.closest(".scroll");
    const goal = pane?.querySelector("[data-arrive]");
    pane?.scrollTo(0, goal ? pane.scrollTop + goal.getBoundingClientRect().top - pane.getBoundingClientRect().top : 0);
  }

  const opened = (): HTMLElement | null => page.querySelector(`[data-plane-heading="${element.dataset["view"] ?? ""}"]`);

  function arrive(): void {
    if (page.querySelector("dialog[open]")) return; // what lies over the page has an address of its own
    for (const open of page.querySelectorAll<HTMLElement>("[popover]:popover-open")) open.hidePopover();
    if (page.location.pathname === place) return;
    place = page.location.pathname;
    begin(opened());
    if (narrow() && !typing()) opened()?.focus({ preventScroll: true });
  }

  if (page.querySelector("[data-arrive]")) begin(opened());

  page.addEventListener("htmx:after:swap", arrive, { signal });
}
