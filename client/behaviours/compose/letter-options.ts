// The options of a letter open by a box that is ticked, so that they do without a script; with one their first field then has the
// focus, and Escape, their own button, a press or the focus elsewhere close them. `<div data-behaviour="letter-options">` with `[name=options]`
// in a label, the panel after it, and a button `[data-done]`
export function letterOptions(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const box = element.querySelector<HTMLInputElement>("[name=options]")!;
  const done = element.querySelector<HTMLElement>("[data-done]")!;
  done.hidden = false;

  function close(): void {
    box.checked = false;
    box.focus();
  }

  box.addEventListener("click", () => {
    if (box.checked) element.querySelector<HTMLElement>("label.option input")?.focus();
  }, { signal });
  done.addEventListener("click", close, { signal });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.checked) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }, { signal });
  element.addEventListener("focusout", (event) => {
    const next = event.relatedTarget as Node | null;
    if (next && !element.contains(next) && !next.contains(element)) box.checked = false; // a press on a label focuses what is around
  }, { signal });
  page.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (box.checked && target.isConnected && !element.contains(target) && !target.closest(`label[for="${box.id}"]`)) box.checked = false;
  }, { signal });
}
