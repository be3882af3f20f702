// A `details` that is a menu: it closes when one looks elsewhere, and Escape gives the focus back to its name.
// `<details data-behaviour="menu"><summary>…</summary>…</details>`
export function menu(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const close = (): void => element.removeAttribute("open");

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
