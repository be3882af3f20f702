// A `details` that is a menu: it closes when one looks elsewhere, and Escape gives the focus back to its name. Opened by a key,
// its first choice has the focus.
// `<details data-behaviour="menu"><summary>…</summary>…</details>`
export function menu(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const close = (): void => element.removeAttribute("open");

  element.addEventListener("toggle", () => {
    if (element.hasAttribute("open") && !element.contains(page.activeElement)) element.querySelector<HTMLElement>("button, a")?.focus();
  }, { signal });
  page.addEventListener("click", (event) => {
    if (!element.contains(event.target as Node)) close();
  }, { signal });
  element.addEventListener("focusout", (event) => {
    const next = (event as FocusEvent).relatedTarget as Node | null;
    if (next && !element.contains(next)) close();
  }, { signal });
  element.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key !== "Escape" || !element.hasAttribute("open")) return;
    event.stopPropagation();
    close();
    element.querySelector("summary")?.focus();
  }, { signal });
}
