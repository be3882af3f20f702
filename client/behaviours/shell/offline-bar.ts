// The bar that says the network does not answer: shown after a request that got no answer, or only that of the proxy in
// front (its page is whole and would be placed inside this one); gone with the next answer.
// `<p data-behaviour="offline-bar spoken" hidden>…</p>`
const NOBODY_BEHIND = new Set([502, 504]);

interface Answered {
  ctx?: { response?: { status: number } };
}

export function offlineBar(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const show = (): void => void (element.hidden = false);
  const hide = (): void => void (element.hidden = true);

  page.addEventListener("htmx:error", (event) => {
    const context = (event as CustomEvent<Answered>).detail?.ctx;
    if (context && !context.response) show();
  }, { signal });
  page.addEventListener("htmx:before:response", (event) => {
    const status = (event as CustomEvent<Answered>).detail?.ctx?.response?.status ?? 0;
    if (!NOBODY_BEHIND.has(status)) return hide();
    event.preventDefault();
    show();
  }, { signal });
  page.defaultView?.addEventListener("offline", show, { signal });
  page.defaultView?.addEventListener("online", hide, { signal });
}
