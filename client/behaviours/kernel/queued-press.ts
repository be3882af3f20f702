// Pressed faster than pages come (J, K, the arrows beside an open message): each press counts. While the page that a link leads to
// is on its way, one more is kept, and pressed once that page is there; any other link forgets them.
// `<div data-behaviour="queued-press">`, the target of the pages or, by name, of one `[data-row]` in it; links `a[data-ahead][id]`
const GIVES_UP = 5000; // milliseconds: what has not come by then is pressed anew

interface Context { target?: unknown; sourceElement?: Element; response?: { status: number } }

export function queuedPress(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let coming = "", since = 0, more = 0;

  element.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = link.matches("[data-ahead]") ? link.id : "";
    if (!id || id !== coming || event.timeStamp - since > GIVES_UP) {
      [coming, since, more] = [id, event.timeStamp, 0];
      return;
    }
    more += 1;
    event.preventDefault();
    event.stopPropagation();
  }, { signal, capture: true });

  page.addEventListener("htmx:after:swap", ({ detail }: CustomEventInit<{ ctx?: Context }>) => {
    const target = detail?.ctx?.target; // a name, where the answer says which part it is
    const opened = target === element || (typeof target === "string" && page.querySelector(target)?.matches("[data-row]"));
    if (!coming || !opened) return;
    const link = more ? page.getElementById(coming) : null;
    const left = more - 1;
    coming = "";
    if (!link) return;
    link.click();
    more = left;
  }, { signal });

  page.addEventListener("htmx:finally:request", ({ detail }: CustomEventInit<{ ctx?: Context }>) => {
    const { sourceElement, response } = detail?.ctx ?? {};
    if (sourceElement?.id === coming && (response?.status ?? 500) >= 400) coming = "";
  }, { signal });
}
