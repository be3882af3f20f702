// A form that is sent once however often the button is pressed: the label stays, with "…", until the answer is there.
// `<form data-behaviour="submit-once">`
const SENDING = "…";

export function submitOnce(element: HTMLElement, signal: AbortSignal): void {
  let pressed: HTMLElement | null = null;
  let mark: Text | null = null;

  function send(event: Event): void {
    if (pressed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    pressed = (event as SubmitEvent).submitter ?? element.querySelector<HTMLElement>("button:not([type=button])");
    mark = element.ownerDocument.createTextNode(SENDING);
    pressed?.append(mark);
    pressed?.setAttribute("aria-disabled", "true");
  }

  function restore(): void {
    pressed?.removeAttribute("aria-disabled");
    mark?.remove();
    pressed = null;
  }

  element.addEventListener("submit", send, { signal, capture: true });
  element.addEventListener("htmx:finally:request", restore, { signal });
  // Back may bring the page out of the browser's memory, as it was while sending.
  element.ownerDocument.defaultView?.addEventListener("pageshow", restore, { signal });
}
