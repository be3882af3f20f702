// What listens to the event `data-say` on the page's body waits a moment before it asks. When another list was put in the place
// of the one that was told, meanwhile, that one is told as well, once: it may have been drawn just before.
// `<div data-behaviour="missed-event" data-say="courrier">`, and `data-list` on the list
const MEANWHILE = 1_500;

export function missedEvent(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument, name = element.dataset["say"] ?? "";
  const list = (): string => page.querySelector<HTMLElement>("[data-list]")?.dataset["list"] ?? "";
  let told: string | undefined, again = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  page.body.addEventListener(name, () => {
    if (again) return;
    told = list();
    clearTimeout(timer);
    timer = setTimeout(() => (told = undefined), MEANWHILE);
  }, { signal });
  page.addEventListener("htmx:after:swap", () => {
    if (told === undefined || list() === told) return;
    [told, again] = [undefined, true];
    page.body.dispatchEvent(new CustomEvent(name));
    again = false;
  }, { signal });
  signal.addEventListener("abort", () => (clearTimeout(timer), (told = undefined)));
}
