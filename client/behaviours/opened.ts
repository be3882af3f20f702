// Says what was opened beside the list, to those whose focus stays where it was and who do not see it.
// `<p role="status" data-behaviour="opened" data-said="Opened: %s">`, beside a heading `[data-plane-heading=reader]`
const WHILE = 10_000; // what is no longer new is not found again by who reads on

export function opened(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heading = (): HTMLElement | null => page.querySelector("[data-plane-heading=reader]");
  const words = (): string => heading()?.textContent.trim() ?? "";
  let known = words();

  function say(text: string): void {
    element.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (element.textContent = ""), WHILE);
  }

  page.addEventListener("htmx:after:swap", () => {
    const now = words();
    if (now === known) return;
    known = now;
    // Once it is known who has the focus: a heading that has it is read by itself.
    queueMicrotask(() => now && page.activeElement !== heading() && say((element.dataset["said"] ?? "").replace("%s", () => now)));
  }, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
