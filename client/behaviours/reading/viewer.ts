// A dialog with an address of its own (`data-address`) over an open page. Its keys are its own while it is there; Escape and the
// cross close it: the history goes a step back, to the page's own address, without drawing it anew, and the focus to the link
// `data-opener`. Alone in a page, the cross leads away. `<dialog open data-behaviour="viewer" data-address data-opener>` with `[data-viewer-close]`, `[data-turn="ArrowLeft"]`, perhaps `[data-key]`
const RESTORE = "htmx:before:history:restore";
const BACK = 2_000; // milliseconds, by which the browser has gone back
const OWN = "input, textarea, select, video, audio, [contenteditable]";

export function viewer(element: HTMLElement, signal: AbortSignal): void {
  const dialog = element as HTMLDialogElement;
  const page = dialog.ownerDocument;
  const view = page.defaultView!;
  const cross = dialog.querySelector<HTMLElement>("[data-viewer-close]");
  const opener = (): HTMLElement | undefined =>
    [...page.querySelectorAll<HTMLElement>("a[href]")].find(
      (link) => !dialog.contains(link) && link.getAttribute("href") === dialog.dataset["opener"],
    );
  const covers = opener() !== undefined;

  function close(): void {
    dialog.close();
    dialog.remove();
    if (page.location.pathname !== dialog.dataset["address"]) return; // it made no step
    // All of it is there still: nothing is asked for, whoever goes by the history hears nothing.
    const step = (event?: Event): void => {
      page.removeEventListener(RESTORE, step, true);
      event?.preventDefault();
      event?.stopImmediatePropagation();
      const link = event && opener();
      link?.blur(); // whoever goes by the history loses the focus at the end, unless it moves on the way
      link?.focus();
    };
    page.addEventListener(RESTORE, step, true);
    setTimeout(step, BACK);
    view.history.back();
  }

  // Beside its text a browser also scrolls: by arrows sideways only what is wider than the screen, by pages what is higher.
  function scrolls(target: HTMLElement, by: string): boolean {
    const box = target.closest<HTMLElement>(".viewer-stage");
    if (!box) return false;
    return by.startsWith("Page") ? box.scrollHeight > box.clientHeight + 1 : box.scrollWidth > box.clientWidth + 1;
  }

  function key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (page.querySelector("dialog[open]:not(.viewer)")) return; // something else lies over it
    const bears = ({ dataset }: HTMLElement): boolean => `${dataset["key"]} ${dataset["or"]}`.split(" ").includes(event.key);
    const own = [...dialog.querySelectorAll<HTMLElement>("[data-key]")].some(bears); // `shortcuts` presses it
    if (!own && !target.matches(OWN)) event.stopImmediatePropagation();
    if (event.key === "Escape" && cross) {
      event.preventDefault();
      cross.click();
    }
    if (!target.matches(OWN) && !scrolls(target, event.key)) dialog.querySelector<HTMLElement>(`[data-turn="${event.key}"]`)?.click();
  }

  dialog.removeAttribute("open");
  dialog.showModal();
  dialog.querySelector("h1")?.focus();
  page.addEventListener("keydown", key, { signal, capture: true });
  dialog.addEventListener("cancel", (event) => event.preventDefault(), { signal });
  cross?.addEventListener("click", (event) => {
    if (!covers) return;
    event.preventDefault();
    close();
  }, { signal });
  // It also leaves by Back, when the page under it is drawn again.
  signal.addEventListener("abort", () => {
    if (!page.querySelector("dialog[open]")) opener()?.focus();
  });
}
