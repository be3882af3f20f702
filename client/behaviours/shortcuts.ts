// One key presses what bears `data-key`, unless somebody is typing. They can be turned off: `shortcuts-switch`.
// `<div data-behaviour="shortcuts">`
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
export const OFF = "shortcuts-off";

export function shortcuts(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;

  page.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || target.matches(TYPING)) return;
    if (page.defaultView?.localStorage.getItem(OFF)) return;
    const wanted = [...element.querySelectorAll<HTMLElement>("[data-key]")].find((one) => one.dataset["key"] === event.key);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  }, { signal });
}

// `<input type="checkbox" data-behaviour="shortcuts-switch">`: ticked, the keys work.
export function shortcutsSwitch(element: HTMLElement, signal: AbortSignal): void {
  const box = element as HTMLInputElement;
  const store = box.ownerDocument.defaultView!.localStorage;
  box.checked = !store.getItem(OFF);
  box.addEventListener("change", () => (box.checked ? store.removeItem(OFF) : store.setItem(OFF, "1")), { signal });
}
