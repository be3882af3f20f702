// A button whose form is answered by a file: the browser sends it itself, and keeps what comes. `<button data-behaviour="download-button">`
export function downloadButton(element: HTMLElement, signal: AbortSignal): void {
  // Before htmx hears of it at the form, which would swap the file into the page.
  element.ownerDocument.addEventListener("submit", (event) => {
    if ((event as SubmitEvent).submitter === element) event.stopPropagation();
  }, { signal, capture: true });
}
