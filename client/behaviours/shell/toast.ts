// A message with one act and a delay: it leaves when the time is over, unless somebody is pointing at it or reading it.
// `<div class="toast" data-behaviour="toast" data-seconds="10">`; `data-runs`: the time is that of the act itself, and never stops.
export function toast(element: HTMLElement, signal: AbortSignal): void {
  const total = Number(element.dataset["seconds"] ?? "10") * 1000;
  let left = total;
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const holds = new Set<string>(); // the pointer, the focus: it waits for both

  function run(): void {
    since = Date.now();
    timer = setTimeout(() => element.remove(), left);
  }
  function hold(by: string): void {
    if (!holds.size) {
      clearTimeout(timer);
      left -= Date.now() - since;
    }
    holds.add(by);
  }
  function letGo(by: string): void {
    if (holds.delete(by) && !holds.size) run();
  }

  run();
  signal.addEventListener("abort", () => clearTimeout(timer));
  if (element.hasAttribute("data-runs")) return;
  for (const [from, to] of [["mouseenter", "mouseleave"], ["focusin", "focusout"]] as const) {
    element.addEventListener(from, () => hold(from), { signal });
    element.addEventListener(to, () => letGo(from), { signal });
  }
}
