// A `details` that is a menu: it closes when one looks elsewhere, and Escape gives the focus back to its name. Opened by a key,
// its first choice has the focus, or however it was opened what bears `data-first`. What would open under the foot of its pane is scrolled into sight, and what would open past
// the edge of the page opens the other way (`menu-end`): a choice that has the focus there would push the whole page aside.
// `<details data-behaviour="menu"><summary>…</summary><div class="menu-panel">…</div></details>`, perhaps in a `.scroll`,
// with a button `[data-done]` that closes it where it covers what is around
export function menu(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const close = (): void => element.removeAttribute("open");

  function leave(): void {
    close();
    element.querySelector("summary")?.focus();
  }

  function reveal(): void {
    const pane = element.closest(".scroll");
    const panel = element.querySelector(".menu-panel");
    if (panel && panel.getBoundingClientRect().right > page.documentElement.clientWidth) panel.classList.add("menu-end");
    if (!pane || !panel) return;
    const room = pane.getBoundingClientRect();
    const under = panel.getBoundingClientRect().bottom + 8 - room.bottom;
    const above = element.getBoundingClientRect().top - room.top; // its name stays in sight
    pane.scrollTop += Math.max(0, Math.min(under, above));
  }

  // Also of a part of it: what unfolds in a menu is brought into sight as the menu was.
  element.addEventListener("toggle", ({ target }) => {
    if (!element.hasAttribute("open")) return;
    reveal();
    const name = element.querySelector("summary");
    if (target !== element || (element.contains(page.activeElement) && page.activeElement !== name)) return;
    const first = element.querySelector<HTMLInputElement>("[data-first]");
    first?.focus();
    first?.select?.(); // what was typed before is typed over
    if (!element.contains(page.activeElement)) element.querySelector<HTMLElement>("button, a")?.focus();
  }, { signal, capture: true });
  const done = element.querySelector<HTMLElement>("[data-done]");
  if (done) done.hidden = false;
  done?.addEventListener("click", leave, { signal });
  page.addEventListener("click", (event) => {
    if (!element.contains(event.target as Node)) close();
  }, { signal });
  element.addEventListener("focusout", (event) => {
    const next = (event as FocusEvent).relatedTarget as Node | null;
    if (next && !element.contains(next) && !next.contains(element)) close(); // a press on a label focuses what is around
  }, { signal });
  element.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key !== "Escape" || !element.hasAttribute("open")) return;
    event.stopPropagation();
    event.preventDefault(); // the browser would close what is below it as well (`back-clears-selection`)
    leave();
  }, { signal });
}
