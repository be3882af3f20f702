// Listens to the server: each event named in `data-event` becomes the event `data-say` on the page's body. A stream that
// is closed for good (its ticket is too old) is opened again once the list, asked again, has brought a fresh one (a cookie).
// `<div data-behaviour="live" data-stream="/evenements/" data-event="mail" data-say="courrier">`
const FIRST_WAIT = 15_000;
const LONGEST_WAIT = 240_000;

export function live(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let wait = FIRST_WAIT;
  let stream: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (): void => void page.body.dispatchEvent(new CustomEvent(element.dataset["say"] ?? "live"));

  function connect(): void {
    stream = new EventSource(element.dataset["stream"] ?? "");
    stream.addEventListener(element.dataset["event"] ?? "message", say);
    stream.addEventListener("open", () => (wait = FIRST_WAIT));
    stream.addEventListener("error", () => {
      if (stream?.readyState === EventSource.CLOSED) timer = setTimeout(again, wait);
    });
  }

  // Asking for the list brings a fresh ticket; until the stream is back, it is also how new mail is seen.
  function again(): void {
    wait = Math.min(wait * 2, LONGEST_WAIT);
    say();
    timer = setTimeout(connect, 2000);
  }

  connect();
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    stream?.close();
  });
}
