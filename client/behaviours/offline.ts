// The bar that says the network does not answer: shown after a request that got no answer at all, gone with the next one.
// `<p data-behaviour="offline" role="status" hidden>…</p>`
export function offline(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const show = (): void => void (element.hidden = false);
  const hide = (): void => void (element.hidden = true);

  page.addEventListener("htmx:error", (event) => {
    const context = (event as CustomEvent<{ ctx?: { response?: unknown } }>).detail?.ctx;
    if (context && !context.response) show();
  }, { signal });
  page.addEventListener("htmx:before:response", hide, { signal });
  page.defaultView?.addEventListener("offline", show, { signal });
  page.defaultView?.addEventListener("online", hide, { signal });
}
