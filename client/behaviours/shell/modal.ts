// A dialog that opens over the page as soon as it comes, and is gone once it is closed: by Escape, its cross or a press beside it.
// The browser keeps the focus in it and gives it back. `<dialog data-behaviour="modal">` with `[data-close]`
export function modal(element: HTMLElement, signal: AbortSignal): void {
  const dialog = element as HTMLDialogElement;
  dialog.addEventListener("click", (event) => {
    const pressed = event.target as HTMLElement;
    if (pressed === dialog || pressed.closest("[data-close]")) dialog.close();
  }, { signal });
  dialog.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape") event.stopPropagation(); // nothing under it hears it
  }, { signal });
  dialog.addEventListener("close", () => dialog.remove(), { signal });
  dialog.showModal();
  dialog.querySelector<HTMLElement>("h2")?.focus();
}
