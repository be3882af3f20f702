// A button that prints the page; hidden where nothing can. `<button data-behaviour="print" hidden>`
export function print(element: HTMLElement, signal: AbortSignal): void {
  const view = element.ownerDocument.defaultView;
  element.hidden = typeof view?.print !== "function";
  element.addEventListener("click", () => view?.print(), { signal });
}
