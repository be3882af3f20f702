// A part that asks for itself when it is told of news, and gets no answer (the network is changing, the server is started anew),
// asks again, later and later, never with all others; soon when the network is back, and where nobody looks not before somebody
// does: nobody tells it a second time. `<section data-behaviour="retry" hx-get="…" hx-trigger="news, outdated">`
const FIRST_WAIT = 2_000, LONGEST_WAIT = 240_000, BACK = 5_000;
const NOBODY_BEHIND = [502, 504]; // only the proxy in front

interface Asked {
  ctx: { sourceElement?: Element; status?: string; response?: { status: number } };
}

export function retry(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const { CustomEvent } = page.defaultView!;
  let wait = FIRST_WAIT;
  let owes = false; // it was told, and has no answer
  let timer: ReturnType<typeof setTimeout> | undefined;

  function ask(): void {
    if (page.visibilityState !== "hidden") element.dispatchEvent(new CustomEvent("outdated"));
  }

  function within(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(ask, milliseconds * (0.5 + Math.random()));
  }

  function end(event: Event): void {
    const { sourceElement, status = "", response } = (event as CustomEvent<Asked>).detail.ctx;
    if (sourceElement !== element || status.includes("AbortError")) return; // something else is shown instead
    clearTimeout(timer);
    owes = status.startsWith("error") || NOBODY_BEHIND.includes(response?.status ?? 0);
    if (!owes) return void (wait = FIRST_WAIT);
    within(wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  page.addEventListener("htmx:finally:request", end, { signal });
  page.addEventListener("visibilitychange", () => owes && within(0), { signal });
  page.defaultView?.addEventListener("online", () => owes && within(BACK), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
