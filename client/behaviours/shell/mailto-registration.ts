// Asks the browser to send a kind of link to an address of ours, on a click. Hidden where the browser cannot.
// `<div data-behaviour="mailto-registration" data-protocol="mailto" data-url="/…?x=%s" data-done="…" hidden>…<p role="status"></p><button>`
export function mailtoRegistration(element: HTMLElement, signal: AbortSignal): void {
  if (!("registerProtocolHandler" in navigator)) return;
  element.hidden = false;
  element.querySelector("button")!.addEventListener("click", () => {
    navigator.registerProtocolHandler(element.dataset["protocol"]!, `${location.origin}${element.dataset["url"]}`);
    element.querySelector("[role=status]")!.textContent = element.dataset["done"] ?? "";
  }, { signal });
}
