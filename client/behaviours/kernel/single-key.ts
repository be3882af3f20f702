// What single keys have in common: nobody is typing, no modifier is held, and the person wants them (the root of the page says
// `data-keys="off"` for whoever does not: single keys get in the way of those who dictate, WCAG 2.1.4).
export const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

// In what lies over the page, keys do not reach what is under it.
export const OVER = "dialog, .composer[data-letter]";

export const wantsKeys = (page: Document): boolean => page.documentElement.dataset["keys"] !== "off";

/** Whoever asks says what fields they let keys out of. */
export function isKey(event: KeyboardEvent, lets: (field: HTMLElement) => boolean = () => false): boolean {
  const target = event.target as HTMLElement;
  // A sign that only AltGr gives ("#" on French keyboards) is a key alone, whatever the system says of Ctrl and Alt.
  const held = event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState?.("AltGraph"));
  if (held || event.isComposing || event.defaultPrevented) return false;
  return wantsKeys(target.ownerDocument) && (!target.matches(TYPING) || lets(target));
}
