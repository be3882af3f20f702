// One key presses what bears `data-key`, unless somebody is typing. They can be turned off: `shortcuts-switch`. What stands in
// the box that a key leads to is chosen whole, to be typed over; pressed there once more before anything is typed, it writes nothing.
// Of several, the first that is not made invisible: acts on what is chosen come before those on what is open.
// `<div data-behaviour="shortcuts">`
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
export const OFF = "shortcuts-off";

export function shortcuts(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  // What only stands in a closed menu may still be pressed.
  const hidden = (one: HTMLElement): boolean => page.defaultView?.getComputedStyle?.(one).visibility === "hidden";

  const key = (box: HTMLElement) => element.querySelector<HTMLElement>(`label[for="${box.id}"][data-key]`)?.dataset["key"];
  const untouched = ({ value, selectionStart, selectionEnd }: HTMLInputElement): boolean =>
    selectionStart === 0 && [0, value.length].includes(selectionEnd ?? -1);

  // A page that begins in its box lets one go again by the sign that no word begins with.
  const leads = (box: HTMLInputElement, pressed: string): boolean =>
    (pressed === key(box) && untouched(box)) || (pressed === "/" && box.matches("input[autofocus]:not([role])") && !box.value);

  page.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target.matches(TYPING) && !leads(target as HTMLInputElement, event.key)) return;
    if (page.defaultView?.localStorage.getItem(OFF)) return;
    const all = [...element.querySelectorAll<HTMLElement>("[data-key]")].filter((one) => one.dataset["key"] === event.key);
    const wanted = all.find((one) => !hidden(one));
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("summary, [tabindex]")) wanted.focus(); // the menu that opens, or what follows, is then one Tab away
    wanted.click();
    const { control } = wanted as HTMLLabelElement;
    if (control?.matches(TYPING)) (control as HTMLInputElement).select?.();
  }, { signal });
  element.addEventListener("focusin", ({ target }) => {
    if ((target as HTMLElement).matches("[type=search][autofocus]")) (target as HTMLInputElement).select();
  }, { signal });
}

// `<input type="checkbox" data-behaviour="shortcuts-switch">`: ticked, the keys work.
export function shortcutsSwitch(element: HTMLElement, signal: AbortSignal): void {
  const box = element as HTMLInputElement;
  const store = box.ownerDocument.defaultView!.localStorage;
  box.checked = !store.getItem(OFF);
  box.addEventListener("change", () => (box.checked ? store.removeItem(OFF) : store.setItem(OFF, "1")), { signal });
}
