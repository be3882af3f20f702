// An unread item with a formatted text on which a mouse rests for a moment will probably be opened: it is made ready by the server,
// as its neighbours are while one reads (`prefetch.ts`): once, one at a time. A finger does not rest before it presses.
// `<div data-behaviour="hover-prefetch" data-ahead="ready/" data-whose="…">`, items `[data-unread]` with links `a[data-frame]`
import { makeReady } from "./prefetch.ts";

const A_MOMENT = 120; // milliseconds: longer than a row is passed over, shorter than a press takes to follow

export function hoverPrefetch(element: HTMLElement, signal: AbortSignal): void {
  const known = new Set<string>();
  let under: HTMLAnchorElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;

  function leave(): void {
    clearTimeout(timer);
    under = null;
  }

  element.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const link = (event.target as Element).closest<HTMLAnchorElement>("[data-unread] a[data-frame]");
    if (link === under) return;
    leave();
    if (!link) return;
    under = link;
    const place = new URL(link.href, element.ownerDocument.location.href);
    timer = setTimeout(() => {
      if (busy || known.has(place.pathname)) return;
      known.add(place.pathname);
      busy = true;
      const address = new URL(element.dataset["ahead"]!, `${place.origin}${place.pathname}`).pathname;
      void makeReady(element, address, signal).then(() => void (busy = false));
    }, A_MOMENT);
  }, { signal });
  for (const end of ["pointerleave", "pointerdown"]) element.addEventListener(end, leave, { signal }); // a press asks for all of it
  signal.addEventListener("abort", () => clearTimeout(timer));
}
