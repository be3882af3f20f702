// The sign that somebody writes an answer, for those who share what is answered: after ten seconds of writing, then every eight, as
// long as something was typed within two minutes and the letter is in sight; once when that is over. A second before, what was typed is
// saved. `<i data-behaviour="writing-signal" data-url>` in the sheet of the letter
const FIRST = 10_000, EACH = 8_000, SILENCE = 120_000, BEFORE = 1_000;

export function writingSignal(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const sheet = element.closest<HTMLElement>(".composer")!;
  const form = sheet.querySelector("form")!;
  let begun = 0, typed = 0, told = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function say(more: Record<string, string>): void {
    const own = JSON.parse(page.body.getAttribute("hx-headers:inherited") ?? "{}") as Record<string, string>;
    const headers = { ...own, "X-Background-Refresh": "1" };
    void fetch(element.dataset["url"]!, { method: "POST", body: new URLSearchParams(more), keepalive: true, headers }).catch(() => undefined);
  }

  function write(event: Event): void {
    if ((event.target as HTMLInputElement).type === "file") return;
    typed = Date.now();
    if (begun) return;
    begun = typed;
    later(FIRST);
  }

  function later(wait: number): void {
    timer = setTimeout(() => {
      form.dispatchEvent(new CustomEvent("hurry"));
      timer = setTimeout(tell, Math.min(wait, BEFORE));
    }, Math.max(0, wait - BEFORE));
  }

  function tell(): void {
    const silent = typed + SILENCE - Date.now();
    if (sheet.hidden || silent <= 0) return end();
    told = true;
    say({});
    later(Math.min(EACH, silent));
  }

  // Also of a page that is left.
  function end(): void {
    clearTimeout(timer);
    begun = 0;
    if (told) say({ fin: "1" });
    told = false;
  }

  form.addEventListener("input", write, { signal });
  sheet.addEventListener("folded", end, { signal });
  page.defaultView?.addEventListener("pagehide", end, { signal });
  signal.addEventListener("abort", end);
}
