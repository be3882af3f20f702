// One key presses what bears `data-key`, unless somebody is typing. They can be turned off: `shortcuts-switch`.
// Of several, the first that is not made invisible: acts on what is chosen come before those on what is open.
// `<div data-behaviour="shortcuts">`
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
export const OFF = "shortcuts-off";

export function shortcuts(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  // What only stands in a closed menu may still be pressed.
  const hidden = (one: HTMLElement): boolean => page.defaultView?.getComputedStyle?.(one).visibility === "hidden";

  page.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || target.matches(TYPING)) return;
    if (page.defaultView?.localStorage.getItem(OFF)) return;
    const all = [...element.querySelectorAll<HTMLElement>("[data-key]")].filter((one) => one.dataset["key"] === event.key);
    const wanted = all.find((one) => !hidden(one));
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("summary")) wanted.focus(); // the menu that opens is then one Tab away
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
