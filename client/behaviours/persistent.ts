// A part that asks for itself when it is told of news, and gets no answer (the network is changing, the server is started anew),
// asks again, later and later, and at once when the network is back: nobody tells it a second time.
// `<section data-behaviour="persistent" hx-get="…" hx-trigger="news, outdated">`
const FIRST_WAIT = 2_000, LONGEST_WAIT = 60_000;
const NOBODY_BEHIND = [502, 504]; // only the proxy in front

interface Asked {
  ctx: { sourceElement?: Element; status?: string; response?: { status: number } };
}

export function persistent(element: HTMLElement, signal: AbortSignal): void {
  const { CustomEvent } = element.ownerDocument.defaultView!;
  let wait = FIRST_WAIT;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function ask(): void {
    timer = undefined;
    element.dispatchEvent(new CustomEvent("outdated"));
  }

  function end(event: Event): void {
    const { sourceElement, status = "", response } = (event as CustomEvent<Asked>).detail.ctx;
    if (sourceElement !== element || status.includes("AbortError")) return; // something else is shown instead
    clearTimeout(timer);
    timer = undefined;
    if (!status.startsWith("error") && !NOBODY_BEHIND.includes(response?.status ?? 0)) return void (wait = FIRST_WAIT);
    timer = setTimeout(ask, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  element.ownerDocument.addEventListener("htmx:finally:request", end, { signal });
  element.ownerDocument.defaultView?.addEventListener("online", () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    ask();
  }, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
