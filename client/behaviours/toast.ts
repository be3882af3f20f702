// A message with one act and a delay: it leaves when the time is over, unless somebody is pointing at it or reading it.
// `<div class="toast" data-behaviour="toast" data-seconds="10">`; `data-runs`: the time is that of the act itself, and never stops.
export function toast(element: HTMLElement, signal: AbortSignal): void {
  const total = Number(element.dataset["seconds"] ?? "10") * 1000;
  let left = total;
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function run(): void {
    since = Date.now();
    timer = setTimeout(() => element.remove(), left);
  }
  function pause(): void {
    clearTimeout(timer);
    left -= Date.now() - since;
  }

  run();
  signal.addEventListener("abort", () => clearTimeout(timer));
  if (element.hasAttribute("data-runs")) return;
  for (const name of ["mouseenter", "focusin"]) element.addEventListener(name, pause, { signal });
  for (const name of ["mouseleave", "focusout"]) element.addEventListener(name, run, { signal });
}
