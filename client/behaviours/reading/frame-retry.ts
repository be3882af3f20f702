// A frame that says that its text could not be shown just now (`<p class="fact" data-away>`) loads it again once it can be. That is
// asked in the background, which keeps no session alive, less and less often, and given up in the end.
// `<iframe data-behaviour="frame-retry">`
const AWAY = 8000; // ms
const MOST = 5; // times, over two minutes
const SAID = '<p class="fact" data-away'; // no text and no mail can say it: looked for, not parsed, which our policy would log

export function frameRetry(element: HTMLElement, signal: AbortSignal): void {
  const frame = element as HTMLIFrameElement;
  let address = "";
  let times = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const isAway = (inside: Document): boolean => inside.querySelector(".fact[data-away]") !== null;
  const here = (): string => frame.contentDocument?.location?.href ?? "";

  function look(): void {
    clearTimeout(waiting);
    const inside = frame.contentDocument;
    if (!inside || !isAway(inside)) return;
    if (address !== here()) times = 0;
    address = here();
    wait();
  }

  function wait(): void {
    if (times < MOST) waiting = setTimeout(() => void ask(address), (times + 1) * AWAY);
  }

  async function ask(asked: string): Promise<void> {
    times += 1;
    const headers = { "X-Background-Refresh": "1" };
    const answer = await fetch(asked, { headers, signal, redirect: "error", cache: "no-store" }).catch(() => undefined);
    const html = answer?.ok ? await answer.text().catch(() => "") : "";
    if (signal.aborted || asked !== here()) return;
    if (html && !html.includes(SAID)) frame.contentWindow?.location.reload();
    else wait();
  }

  frame.addEventListener("load", look, { signal });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  if (frame.contentDocument?.readyState === "complete") look();
}
