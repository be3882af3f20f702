// A keyboard or a notice takes room from a letter: the line on which one writes stays in sight. `<div data-behaviour="caret-in-view">`
// around the text, which is what scrolls.
const UNDER = 12; // points below that line

/** Where the caret ends, or null where nothing can tell. */
function caretBottom(area: HTMLElement): number | null {
  const page = area.ownerDocument;
  if (!area.matches("textarea")) {
    const selection = page.getSelection();
    if (!selection?.focusNode || !area.contains(selection.focusNode)) return null;
    const caret = selection.getRangeAt(0).getBoundingClientRect();
    const line = caret.height ? caret : (selection.focusNode.nodeType === 1 ? (selection.focusNode as Element) : selection.focusNode.parentElement!).getBoundingClientRect();
    return line.bottom;
  }
  // A textarea does not say it: the same words up to the caret in the same shape do.
  const { value, selectionEnd } = area as HTMLTextAreaElement;
  const copy = Object.assign(page.createElement("div"), { className: area.className, textContent: `${value.slice(0, selectionEnd)}\u200b` });
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", minHeight: "0", width: `${area.offsetWidth}px`, whiteSpace: "pre-wrap", overflowWrap: "break-word" });
  area.after(copy);
  const { height } = copy.getBoundingClientRect();
  copy.remove();
  return area.getBoundingClientRect().top + height - area.scrollTop;
}

export function caretInView(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  if (!("ResizeObserver" in globalThis)) return;
  const observer = new ResizeObserver(() => {
    const written = page.activeElement;
    if (!written || !element.contains(written) || !written.matches(".editor-text, .composer-body")) return;
    const hidden = (caretBottom(written as HTMLElement) ?? 0) + UNDER - element.getBoundingClientRect().bottom;
    if (hidden > 0) element.scrollTop += hidden;
  });
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}
