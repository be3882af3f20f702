// Asks the browser for leave to show notices, on a click and never before; says what holds now in the words of the page.
// Hidden where the browser knows no notices.
// `<div data-behaviour="notification-permission" data-default="…" data-granted="…" data-denied="…" hidden><p></p><button hidden>…</button></div>`
export function notificationPermission(element: HTMLElement, signal: AbortSignal): void {
  const words = element.querySelector("p")!;
  const button = element.querySelector("button")!;
  if (typeof Notification === "undefined") return;

  function say(): void {
    words.textContent = element.dataset[Notification.permission] ?? "";
    button.hidden = Notification.permission !== "default";
  }

  element.hidden = false;
  button.addEventListener("click", () => void Notification.requestPermission().then(say), { signal });
  say();
}
