// Signing in again over an open page. A dialog opens as soon as it comes; what comes with `data-word` says that the person
// is back: every form of the page takes the new anti-forgery word, and the body hears `back`.
// `<dialog data-behaviour="again">`, `<p data-behaviour="again" data-word="…">`
const WORD = "csrfmiddlewaretoken";
const HEADERS = "hx-headers:inherited";

export function again(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const word = element.dataset["word"];
  if (word === undefined) open(element as HTMLDialogElement, signal);
  else {
    for (const input of page.querySelectorAll<HTMLInputElement>(`input[name=${WORD}]`)) input.value = word;
    const headers = JSON.parse(page.body.getAttribute(HEADERS) ?? "{}") as Record<string, string>;
    page.body.setAttribute(HEADERS, JSON.stringify({ ...headers, "X-CSRFToken": word }));
    page.body.dispatchEvent(new CustomEvent("back"));
  }
}

// The secret is what is missing when the name is there already.
function open(dialog: HTMLDialogElement, signal: AbortSignal): void {
  const page = dialog.ownerDocument;
  const before = page.activeElement as HTMLElement | null;
  // Whatever else finds out meanwhile must not bring a second one, over what is being typed in the first.
  page.addEventListener("session-ended", (event) => event.stopImmediatePropagation(), { signal, capture: true });
  dialog.addEventListener("close", () => dialog.remove(), { signal });
  dialog.showModal();
  const wanted = [...dialog.querySelectorAll<HTMLInputElement>("input.input")].find((input) => input.value === "");
  wanted?.focus();
  signal.addEventListener("abort", () => before?.isConnected && before.focus());
}
