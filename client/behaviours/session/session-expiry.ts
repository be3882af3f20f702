// Before a session ends for want of use, its page asks the server how long it still goes on: the server knows of every tab.
// Its answer takes this element's place, with a later hour or with a dialog, which opens at the next pause of whoever types.
// While that is open the page asks every few seconds: used in another tab, the session goes on and the dialog leaves. Escape
// stays, as its first button does. A computer that slept asks as soon as it is looked at.
// `<div data-behaviour="session-expiry" data-asks="3360" hx-get hx-trigger="asks">`, perhaps with a `dialog` and `[data-stays]`
import { atPause } from "./reauthentication-dialog.ts";

const AGAIN = 10_000;

export function sessionExpiry(element: HTMLElement, signal: AbortSignal, now: () => number = Date.now): void {
  const page = element.ownerDocument;
  const dialog = element.querySelector("dialog");
  const stays = element.querySelector<HTMLElement>("[data-stays]");
  const before = page.activeElement as HTMLElement | null;
  let due = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wait = (milliseconds: number): void => {
    clearTimeout(timer);
    due = now() + milliseconds;
    timer = setTimeout(ask, milliseconds);
  };

  // An answer that does not come is asked for again.
  function ask(): void {
    wait(AGAIN);
    element.dispatchEvent(new CustomEvent("asks"));
  }

  function over(): void {
    clearTimeout(timer);
    due = Infinity;
    dialog?.close();
  }

  wait(dialog ? AGAIN : Number(element.dataset["asks"]) * 1000);
  page.addEventListener("visibilitychange", () => page.visibilityState !== "hidden" && (dialog || now() >= due) && due < Infinity && ask(), { signal });
  page.addEventListener("session-ended", over, { signal, capture: true });
  page.addEventListener("back", ask, { signal, capture: true });
  signal.addEventListener("abort", () => clearTimeout(timer));
  if (!dialog) return;
  atPause(page, signal, () => due < Infinity && (dialog.showModal(), stays?.focus()));
  dialog.addEventListener("cancel", (event) => (event.preventDefault(), stays?.click()), { signal });
  stays?.addEventListener("click", () => stays.closest("form") ?? dialog.close(), { signal });
  signal.addEventListener("abort", () => before?.isConnected && before.focus());
}
