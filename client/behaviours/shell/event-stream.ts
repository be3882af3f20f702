// Listens to the server: each event named in `data-event` becomes the event `data-say` on the page's body.
// Nothing is missed: the stream's address ends with what the page knows (`data-since`, else a ticket is asked for first), and
// the server tells at once what came later. A stream lives as long as its ticket, a cookie of five minutes; told `renew`, the
// page asks for a new one at `data-renew`, and the next stream is there before this one is closed. Refused, silent beyond a
// ticket's life, or back from sleep, it begins again by itself, later and later; at once when the person has signed in again.
// Of a shared box that the page does not show it hears `box`, and says `boites`: its number has changed. Of the one that it shows it
// hears `answering`, and says so: who answers there has changed. It says so too when it listens again after it was interrupted.
// Told `ended`, or that nobody is signed in any more, the page is told at once, unless it is being left.
// `<div data-behaviour="event-stream" data-stream="/evenements/?depuis=" data-since="…" data-renew="…" data-whose="…" data-event="mail" data-say="courrier">`
import { paced } from "../kernel/event-throttle.ts";

const FIRST_WAIT = 5_000, LONGEST_WAIT = 240_000, TICKET = 330_000, QUIET = 60_000, LEAVING = 10_000;

export function eventStream(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const streams = new Set<EventSource>();
  let wait = FIRST_WAIT, known = 0, heard = Date.now(), left = -LEAVING, lost = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = paced(() => void page.body.dispatchEvent(new CustomEvent(element.dataset["say"] ?? "live")), signal);
  const number = paced(() => void page.body.dispatchEvent(new CustomEvent("boites")), signal);
  const answering = (): unknown => page.body.dispatchEvent(new CustomEvent("answering"));
  const drop = (stream: EventSource): void => (streams.delete(stream), stream.close());
  const woken = (): unknown => page.visibilityState !== "hidden" && Date.now() - heard > QUIET && again(false);

  function connect(): void {
    const since = Math.max(known, Number(element.dataset["since"] ?? 0));
    const stream = new EventSource(`${element.dataset["stream"] ?? ""}${since}`);
    streams.add(stream);
    stream.addEventListener(element.dataset["event"] ?? "message", (event) => (told(event), say()));
    stream.addEventListener("box", (event) => (told(event), number()));
    stream.addEventListener("answering", (event) => (told(event), answering()));
    stream.addEventListener("renew", (event) => (told(event), void again(false)));
    stream.addEventListener("ended", () => (drop(stream), later(Date.now() - left < LEAVING ? LEAVING : 0, true)));
    stream.addEventListener("open", () => opened(stream));
    stream.addEventListener("error", () => interrupted(stream));
  }

  function told(event: MessageEvent): void {
    [known, heard] = [Math.max(known, Number(event.lastEventId) || 0), Date.now()];
  }

  function opened(stream: EventSource): void {
    for (const former of streams) if (former !== stream) drop(former);
    [wait, heard] = [FIRST_WAIT, Date.now()];
    later(TICKET, false);
    if (lost) answering();
    lost = false;
  }

  // The browser tries again by itself, unless the server has refused.
  function interrupted(stream: EventSource): void {
    lost = true;
    if (stream.readyState === EventSource.CLOSED) drop(stream);
    if (!streams.size) retry();
  }

  function retry(): void {
    later(wait * (0.5 + Math.random()), true);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  function later(milliseconds: number, asks: boolean): void {
    clearTimeout(timer);
    timer = setTimeout(() => void again(asks), milliseconds);
  }

  // `asks`: until the stream is back, asking for the list is how new mail is seen, and that the session has ended.
  async function again(asks: boolean): Promise<void> {
    const status = await renewed();
    if (signal.aborted) return;
    if (asks || status === 401) say();
    if (status === 204) connect();
    else if (!streams.size) retry();
  }

  // In the background: it keeps no session alive.
  async function renewed(): Promise<number | undefined> {
    const headers = { "X-Background-Refresh": "1", "X-Whose": element.dataset["whose"] ?? "" };
    const answer = await fetch(element.dataset["renew"] ?? "", { headers, redirect: "error", cache: "no-store", signal }).catch(() => undefined);
    return answer?.status;
  }

  void (element.dataset["since"] === undefined ? again(false) : connect());
  page.addEventListener("visibilitychange", woken, { signal });
  page.defaultView?.addEventListener("beforeunload", () => (left = Date.now()), { signal });
  page.defaultView?.addEventListener("online", () => void again(false), { signal });
  page.body.addEventListener("back", () => void again(true), { signal });
  signal.addEventListener("abort", () => (clearTimeout(timer), streams.forEach(drop)));
}
