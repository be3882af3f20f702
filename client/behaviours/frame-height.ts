// A frame as high as what it holds, so that the page scrolls and the frame never does. Same origin, no script inside.
// It follows the page: its theme, the size of its text, and on paper everything is unfolded.
// `<iframe data-behaviour="frame-height">`
export function frameHeight(element: HTMLElement, signal: AbortSignal): void {
  const frame = element as HTMLIFrameElement;
  const page = frame.ownerDocument.documentElement;
  const view = frame.ownerDocument.defaultView;
  let observer: ResizeObserver | null = null;
  let unfolded: HTMLDetailsElement[] = [];

  function fit(): void {
    const body = frame.contentDocument?.body;
    if (!body) return;
    // The size that the person has chosen for the page, of which 16 pixels are the usual one.
    const chosen = (Number.parseFloat(view?.getComputedStyle(page).fontSize ?? "") || 16) / 16;
    // A letter laid out for a wide screen is drawn smaller, to half its size; beyond that it scrolls sideways.
    body.style.zoom = String(chosen);
    const zoom = chosen * Math.min(1, Math.max(0.5, frame.clientWidth / (body.scrollWidth * chosen)));
    body.style.zoom = String(zoom);
    const bar = body.scrollWidth * zoom > frame.clientWidth + 1 ? 18 : 0;
    frame.style.height = `${Math.max(48, Math.ceil(body.getBoundingClientRect().height) + bar)}px`;
  }

  function watch(): void {
    observer?.disconnect();
    const body = frame.contentDocument?.body;
    if (!body) return;
    observer = new ResizeObserver(fit);
    observer.observe(body);
    follow();
  }

  function follow(): void {
    const inside = frame.contentDocument?.documentElement;
    if (inside) inside.dataset.theme = page.dataset.theme ?? "";
    fit();
  }

  function unfold(): void {
    unfolded = [...(frame.contentDocument?.querySelectorAll<HTMLDetailsElement>("details:not([open])") ?? [])];
    for (const one of unfolded) one.open = true;
    fit();
  }

  function foldAgain(): void {
    for (const one of unfolded) one.open = false;
  }

  const changes = new MutationObserver(follow);
  changes.observe(page, { attributes: true });
  frame.addEventListener("load", watch, { signal });
  view?.addEventListener("beforeprint", unfold, { signal });
  view?.addEventListener("afterprint", foldAgain, { signal });
  if (frame.contentDocument?.readyState === "complete") watch();
  signal.addEventListener("abort", () => {
    observer?.disconnect();
    changes.disconnect();
  });
}
