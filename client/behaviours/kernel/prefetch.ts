// What one will probably ask for next is made ready by the server: once what was asked for is shown and nothing happens,
// each address in `[data-ahead]` (relative to its link's own) is asked for once, one after the other. Nothing comes back.
// Never for whoever saves data, nor on a page that nobody looks at.
// `<article data-behaviour="prefetch" data-whose="…">`, links `<a href="/one/" data-ahead="ready/">`
const REST = 400;

/** Nothing is said of what is in the way: it is when the page is asked for. `element` names in `data-whose` whose page it is. */
export async function makeReady(element: HTMLElement, address: string, signal: AbortSignal): Promise<void> {
  const page = element.ownerDocument;
  const { connection } = page.defaultView!.navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData || page.visibilityState === "hidden") return;
  const headers = { "X-Background-Refresh": "1", "X-Whose": element.dataset["whose"] ?? "" };
  await fetch(address, { headers, signal, redirect: "error", cache: "no-store", priority: "low" }).catch(() => undefined);
}

export function prefetch(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const view = page.defaultView!;
  const known = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  // Also when a frame of what was opened has arrived: it comes first.
  function wait(): void {
    known.add(page.location.pathname);
    clearTimeout(timer);
    timer = setTimeout(() => (view.requestIdleCallback ? view.requestIdleCallback(() => void ask()) : void ask()), REST);
  }

  async function ask(): Promise<void> {
    if (page.visibilityState === "hidden") return;
    for (const link of element.querySelectorAll<HTMLAnchorElement>("a[data-ahead]")) {
      const place = new URL(link.getAttribute("href") ?? "", page.location.href);
      if (signal.aborted || known.has(place.pathname)) continue;
      known.add(place.pathname);
      await makeReady(element, new URL(link.dataset["ahead"] ?? "", place).pathname, signal);
    }
  }

  page.addEventListener("htmx:after:swap", wait, { signal });
  element.addEventListener("load", wait, { signal, capture: true });
  signal.addEventListener("abort", () => clearTimeout(timer));
  wait();
}
