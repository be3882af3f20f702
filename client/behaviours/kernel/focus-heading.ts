// Goes to a heading, with the caret too: a screen reader that reads by the caret would follow it back to where it was, once that
// is drawn anew (Orca in Firefox).
export function land(heading: HTMLElement): void {
  heading.focus({ preventScroll: true });
  heading.ownerDocument.getSelection?.()?.collapse(heading, 0);
}
