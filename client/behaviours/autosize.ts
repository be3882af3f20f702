// A text area as high as its text, between its own CSS bounds. `<textarea data-behaviour="autosize">`
export function autosize(element: HTMLElement, signal: AbortSignal): void {
  function fit(): void {
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + element.offsetHeight - element.clientHeight}px`;
  }
  fit();
  element.addEventListener("input", fit, { signal });
}
