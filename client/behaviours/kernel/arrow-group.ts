// One stop of the Tab key for many links: the arrows lead from one to the next, Home and End to the ends. The stop is what had the
// focus last, else the current page. With `data-below` the arrow down leads into it from that box, and up out again.
// Fields, and what lies in a menu, keep stops of their own. `<nav data-behaviour="arrow-group">`
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

export function arrowGroup(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const { below } = element.dataset;
  const box = below ? page.getElementById(below) : null;
  let last: HTMLElement | undefined;

  const items = (): HTMLElement[] =>
    [...element.querySelectorAll<HTMLElement>("a[href], button, summary")].filter((one) => !one.closest(".menu-panel, [hidden]"));
  const seen = (): HTMLElement[] => items().filter((one) => one.checkVisibility?.() ?? true);

  function settle(): void {
    const all = items();
    const stop = all.find((one) => one === last) ?? all.find((one) => one.matches("[aria-current]")) ?? all[0];
    for (const one of all) one.tabIndex = one === stop ? 0 : -1;
  }

  function lead(event: KeyboardEvent): void {
    const from = event.target as HTMLElement, step = STEPS[event.key];
    const down = event.key === "ArrowDown" || event.key === "ArrowUp"; // past the tools of an item, which lie beside it
    const all = seen().filter((one) => one === from || !down || !one.closest("[data-tools]"));
    const at = all.indexOf(from);
    if (!step || at < 0 || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (box && at + step < 0) box.focus();
    else all[Math.max(0, Math.min(at + step, all.length - 1))]!.focus();
  }

  settle();
  page.addEventListener("htmx:after:swap", settle, { signal });
  element.addEventListener("focusin", ({ target }) => {
    last = items().find((one) => one === target) ?? last;
    settle();
  }, { signal });
  element.addEventListener("keydown", lead, { signal });
  box?.addEventListener("keydown", (event) => {
    const first = seen()[0];
    if (event.key !== "ArrowDown" || !first || box.getAttribute("aria-expanded") === "true") return;
    event.preventDefault();
    first.focus();
  }, { signal });
}
