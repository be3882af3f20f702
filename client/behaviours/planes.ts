// The planes of a page whose parts are replaced: what floats closes after a change of place, the newly opened plane is
// read from its top, and where only one plane fits the screen its heading gets the focus.
// `<div data-behaviour="planes" data-view="list|reader">`, headings `[data-plane-heading="list|reader"]`
export function planes(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const narrow = (): boolean => page.defaultView!.matchMedia("(max-width: 48rem)").matches;
  let place = page.location.pathname;

  function arrive(): void {
    for (const open of page.querySelectorAll<HTMLElement>("[popover]:popover-open")) open.hidePopover();
    if (page.location.pathname === place) return;
    place = page.location.pathname;
    const heading = page.querySelector<HTMLElement>(`[data-plane-heading="${element.dataset["view"] ?? ""}"]`);
    heading?.closest(".scroll")?.scrollTo(0, 0);
    if (narrow()) heading?.focus({ preventScroll: true });
  }

  page.addEventListener("htmx:after:swap", arrive, { signal });
}
