// What a mouse button goes down on is asked for at once and shown by the click: nobody waits for the time between the two.
// A press may become a drag, so it must change nothing: it asks as a browser asks ahead of its person, and what the server
// does not answer so (204) the click asks for as ever. Where opening changes something, the answer names the address that is
// told of it once it is taken (`X-Ouverture`). An element of the page hears `press` and, where no click follows, `press-off`.
// `<div data-behaviour="early-press">`, boosted links in `[data-press]`, and `a[data-press][hx-get]`; items `[data-unread]`. Half of it is an
// extension of htmx.
interface Context {
  target?: Element | string | null;
  fetch?: ((action: string, request: RequestInit) => Promise<Response>) | undefined;
  request: { method: string; action: string; headers: Record<string, string>; signal: AbortSignal };
}
interface Api {
  createRequestContext(link: Element, event: Event): Context;
  getAttributeObject(link: Element, name: string, each: (values: Record<string, string>) => void): unknown;
}
interface Pressed { link: HTMLAnchorElement; asked: Context["request"]; answer: Promise<Response | undefined>; drop: () => void }

const SAME = ["HX-Target", "HX-Current-URL", "X-Etat", "X-Suite"]; // what an answer depends on, besides its address
let api: Api | undefined;
let pressed: Pressed | undefined;

export const pressing = {
  init: (internal: Api) => void (api = internal),
  htmx_before_request(link: Element, { ctx }: { ctx: Context }): void {
    const one = pressed;
    if (!one || one.link !== link) return;
    pressed = undefined;
    const same = ctx.request.method === "GET" && one.asked.action === ctx.request.action;
    if (!same || SAME.some((name) => one.asked.headers[name] !== ctx.request.headers[name])) return one.drop();
    ctx.fetch = async (action, request) => {
      const answer = await one.answer;
      if (ctx.request.signal.aborted || !answer) return fetch(action, request);
      const opened = answer.headers.get("X-Ouverture");
      if (opened) void tell(opened, ctx.request.headers, one.link);
      return answer;
    };
  },
};

async function tell(address: string, headers: Record<string, string>, link: HTMLAnchorElement): Promise<void> {
  const path = link.getAttribute("href");
  const page = link.ownerDocument;
  const told = await fetch(address, { method: "POST", headers, redirect: "error", keepalive: true }).catch(() => undefined);
  const now = [...page.querySelectorAll("[data-unread] a[href]")].find((one) => one.getAttribute("href") === path);
  if (told?.ok) now?.closest("[data-unread]")?.removeAttribute("data-unread"); // before the list is drawn anew
}

// Read to its end while the button is down.
async function whole(answer: Response): Promise<Response | undefined> {
  if (answer.status !== 200) return undefined;
  return new Response(await answer.text().catch(() => null), { headers: answer.headers });
}

export function earlyPress(element: HTMLElement, signal: AbortSignal): void {
  const say = (name: string, ctx: Context): boolean => element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { ctx } }));

  function down(event: PointerEvent): void {
    pressed?.drop();
    const link = (event.target as Element).closest<HTMLAnchorElement>("[data-press] a[href], a[data-press]");
    const asks = link?.matches("[data-press][hx-get]") || (link as { _htmx?: { boosted?: unknown } } | null)?._htmx?.boosted;
    const plain = event.button === 0 && event.pointerType === "mouse" && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !asks || !plain || !api) return;
    const ctx = api.createRequestContext(link, event);
    const { request } = ctx;
    void api.getAttributeObject(link, "hx-headers", (values) => Object.assign(request.headers, values));
    const stop = new AbortController();
    const drop = (): void => { pressed = undefined; stop.abort(); say("press-off", ctx); };
    say("press", ctx);
    const headers = { ...request.headers, "HX-Request-Type": "partial", "X-Press": "1", Purpose: "prefetch" };
    const answer = fetch(request.action, { headers, signal: stop.signal, redirect: "error" });
    pressed = { link, asked: request, drop, answer: answer.then(whole, () => undefined) };
  }

  // The click comes just after.
  const up = (): void => { const one = pressed; setTimeout(() => one && pressed === one && one.drop(), 50); };

  element.addEventListener("pointerdown", down, { signal });
  for (const end of ["pointerup", "pointercancel", "dragstart"]) element.addEventListener(end, up, { signal });
}
