// A frame as high as what it holds, so that the page scrolls and the frame never does. Same origin, no script inside.
// It follows the page: its theme, the size of its text, and on paper everything is unfolded. It is measured as soon as its
// text is there, before its pictures; until then the stylesheet hides it and what stands below. Just before it says `measured`;
// who makes something appear above it then prevents the default: it moves hidden, and is shown one frame later, where it stays.
// `<iframe data-behaviour="frame-height">`
export function frameHeight(element: HTMLElement, signal: AbortSignal): void {
  const frame = element as HTMLIFrameElement;
  const page = frame.ownerDocument.documentElement;
  const view = frame.ownerDocument.defaultView;
  let observer: ResizeObserver | null = null;
  let unfolded: HTMLDetailsElement[] = [];
  let next = 0;

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
    const body = frame.contentDocument?.body;
    if (!body) return void (frame.style.height = "32rem"); // a page of the browser's own: nothing came
    const unmoved = Boolean(frame.style.height) || frame.dispatchEvent(new view!.Event("measured", { cancelable: true }));
    if (unmoved) show(body);
    else next = view?.requestAnimationFrame?.(() => show(body)) ?? 0;
  }

  function show(body: HTMLElement): void {
    if (signal.aborted) return;
    observer = new ResizeObserver(fit);
    observer.observe(body);
    follow();
  }

  // What is there may still be what the frame had before.
  function soon(): void {
    if (signal.aborted || observer) return;
    const inside = frame.contentDocument;
    if (inside?.body && inside.readyState !== "loading" && inside.location?.href === frame.src) watch();
    else next = view?.requestAnimationFrame?.(soon) ?? 0;
  }

  // Loaded; or a morph has given the frame another address.
  function anew(then: () => void): void {
    observer?.disconnect();
    observer = null;
    view?.cancelAnimationFrame?.(next);
    then();
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

  const foldAgain = (): void => unfolded.forEach((one) => void (one.open = false));

  const changes = new MutationObserver(() => void (observer && follow())); // what is not shown yet is not measured for it
  const moves = new MutationObserver((made) => {
    if (made.some(({ attributeName }) => attributeName === "src")) anew(soon);
    else if (observer && !frame.style.height) fit(); // the text stays: a morph took away what the server does not know of
  });
  changes.observe(page, { attributes: true });
  moves.observe(frame, { attributeFilter: ["src", "style"] });
  frame.addEventListener("load", () => anew(watch), { signal });
  view?.addEventListener("beforeprint", unfold, { signal });
  view?.addEventListener("afterprint", foldAgain, { signal });
  soon();
  signal.addEventListener("abort", () => [observer, changes, moves].forEach((one) => one?.disconnect()));
}
