// A frame as high as what it holds, so that the page scrolls and the frame never does. Same origin, no script inside.
// `<iframe data-behaviour="frame-height">`
export function frameHeight(element: HTMLElement, signal: AbortSignal): void {
  const frame = element as HTMLIFrameElement;
  let observer: ResizeObserver | null = null;

  function fit(): void {
    const body = frame.contentDocument?.body;
    if (!body) return;
    // A letter laid out for a wide screen is drawn smaller, to half its size; beyond that it scrolls sideways.
    body.style.zoom = "1";
    const zoom = Math.min(1, Math.max(0.5, frame.clientWidth / body.scrollWidth));
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
    fit();
  }

  frame.addEventListener("load", watch, { signal });
  if (frame.contentDocument?.readyState === "complete") watch();
  signal.addEventListener("abort", () => observer?.disconnect());
}
