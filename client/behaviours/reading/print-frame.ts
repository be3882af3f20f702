// A link to a page made for paper: fetched into a frame out of sight and printed from there, so that its text is broken over the
// sheets, which browsers do not do with frames inside a page. The keys that print a page do the same while the link is there
// and no dialog lies over it. `data-as`: a choice that the frame named `data-of` may bear in its address; the printed page then has it too.
// Without a script the link opens the page, to be printed from there.
// `<a href="…" target="_blank" data-behaviour="print-frame" data-as="images=oui" data-of="name">`; the first in the page answers to the keys
export function printFrame(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const link = element as HTMLAnchorElement;

  function address(): string {
    const as = element.dataset["as"];
    const frame = [...page.querySelectorAll("iframe")].find((one) => one.name && one.name === element.dataset["of"]);
    const shown = as && frame?.contentWindow?.location.search.includes(as);
    return shown ? `${link.href}${link.href.includes("?") ? "&" : "?"}${as}` : link.href;
  }

  function print(event: Event): void {
    event.preventDefault();
    page.querySelector("iframe[data-paper]")?.remove();
    const frame = page.createElement("iframe");
    frame.setAttribute("sandbox", "allow-same-origin allow-modals");
    for (const name of ["data-paper", "inert"]) frame.setAttribute(name, ""); // no key leads there
    frame.title = element.textContent?.trim() ?? "";
    frame.addEventListener("load", () => frame.contentWindow?.print());
    frame.src = address();
    page.body.append(frame);
  }

  const keys = (event: KeyboardEvent): void => {
    const first = page.querySelector("[data-behaviour~=print-frame]") === element;
    if (first && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "p" && !page.querySelector("dialog[open]"))
      print(event);
  };

  element.addEventListener("click", (event) => {
    const other = event.ctrlKey || event.metaKey || event.shiftKey; // in a tab or window of its own, as one asked
    if (!other) print(event);
  }, { signal });
  page.addEventListener("keydown", keys, { signal });
  // Who has clicked into a text has the keyboard there.
  page.defaultView?.addEventListener("blur", () => {
    const frame = page.activeElement as HTMLIFrameElement | null;
    if (frame?.localName === "iframe") frame.contentDocument?.addEventListener("keydown", keys, { signal });
  }, { signal });
}
