// A frame as high as what it holds, so that the page scrolls and the frame never does. Same origin, no script inside.
// `<iframe data-behaviour="frame-height">`
export function frameHeight(element: HTMLElement, signal: AbortSignal): void {
  const frame = element as HTMLIFrameElement;
  let observer: ResizeObserver | null = null;

  function fit(): void {
    const body = frame.contentDocument?.body;
    if (!body) return;
    const wide = body.scrollWidth > frame.clientWidth ? 18 : 0; // room for the bar that scrolls a wide table
    frame.style.height = `${Math.max(48, body.scrollHeight + wide)}px`;
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
