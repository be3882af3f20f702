// The sign that somebody writes an answer in a shared mailbox, for its other members: after ten seconds of writing, then every eight, as
// long as something was typed within two minutes and the letter is in sight; once when that is over. What was typed is saved before.
// An element of the letter with `hx-post`, `hx-trigger="sign"`: `<i data-behaviour="writing-signal">`
const FIRST = 10_000, EACH = 8_000, SILENCE = 120_000;

export function writingSignal(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const sheet = element.closest<HTMLElement>(".composer")!;
  const form = sheet.querySelector("form")!;
  let begun = 0, typed = 0, told = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function write(event: Event): void {
    if ((event.target as HTMLInputElement).type === "file") return;
    typed = Date.now();
    if (begun) return;
    begun = typed;
    timer = setTimeout(tell, FIRST);
  }

  function tell(): void {
    if (sheet.hidden || Date.now() - typed >= SILENCE) return end();
    form.dispatchEvent(new CustomEvent("hurry"));
    element.dispatchEvent(new CustomEvent("sign"));
    told = true;
    timer = setTimeout(tell, Math.min(EACH, typed + SILENCE - Date.now()));
  }

  // Also of a page that is left.
  function end(): void {
    clearTimeout(timer);
    begun = 0;
    if (!told) return;
    told = false;
    const own = JSON.parse(page.body.getAttribute("hx-headers:inherited") ?? "{}") as Record<string, string>;
    const headers = { ...own, "X-Background-Refresh": "1" };
    void fetch(element.getAttribute("hx-post")!, { method: "POST", body: new URLSearchParams({ fin: "1" }), keepalive: true, headers }).catch(() => undefined);
  }

  form.addEventListener("input", write, { signal });
  sheet.addEventListener("folded", end, { signal });
  page.defaultView?.addEventListener("pagehide", end, { signal });
  signal.addEventListener("abort", end);
}
