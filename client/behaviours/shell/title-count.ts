// The number in `data-count` begins the title of the window, also when only the list was drawn again. Without the attribute the
// title is left alone. `<div data-behaviour="title-count" data-count="3">`
export function titleCount(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;

  function write(): void {
    const count = element.dataset["count"];
    if (count === undefined) return;
    const title = page.title.replace(/^\([^()]*\) /, "");
    page.title = count ? `(${count}) ${title}` : title;
  }

  const watching = new MutationObserver(write);
  watching.observe(element, { attributes: true, attributeFilter: ["data-count"] });
  signal.addEventListener("abort", () => watching.disconnect());
  write();
}
