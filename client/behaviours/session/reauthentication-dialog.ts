// Signing in again over an open page. A dialog opens as soon as it comes; what comes with `data-word` says that the person
// is back: every form of the page takes the new anti-forgery word, and the body hears `back`. Over somebody who is typing
// it comes at the next pause: the words of a letter would go on in the field of the password. As long as it is open nothing
// of the page is seen (dialog.css), and Escape does not lead back to it.
// `<dialog data-behaviour="reauthentication-dialog">`, `<p data-behaviour="reauthentication-dialog" data-word="…">`
const WORD = "csrfmiddlewaretoken";
const HEADERS = "hx-headers:inherited";
const TYPED_IN = "textarea, input, [contenteditable=true]";
const PAUSE = 800; // milliseconds without a key

export function reauthenticationDialog(element: HTMLElement, signal: AbortSignal): void {
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
  dialog.addEventListener("close", () => dialog.showModal(), { signal });
  signal.addEventListener("abort", () => before?.isConnected && before.focus());
  atPause(page, signal, () => {
    dialog.showModal();
    const wanted = [...dialog.querySelectorAll<HTMLInputElement>("input.input")].find((input) => input.value === "");
    wanted?.focus();
  });
}

export function atPause(page: Document, signal: AbortSignal, act: () => void): void {
  if (!page.activeElement?.matches(TYPED_IN)) {
    act();
    return;
  }
  const keys = ["keydown", "input"];
  const paused = (): void => {
    for (const key of keys) page.removeEventListener(key, later, true);
    if (!signal.aborted) act();
  };
  let waiting = setTimeout(paused, PAUSE);
  function later(): void {
    clearTimeout(waiting);
    waiting = setTimeout(paused, PAUSE);
  }
  for (const key of keys) page.addEventListener(key, later, true);
}
