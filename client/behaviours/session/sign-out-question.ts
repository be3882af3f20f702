// Letters that wait for the network stay in this browser, sealed: who signs out is told, and asked. `<dialog
// data-behaviour="sign-out-question" data-owner data-url>` with `[data-close]`, `[data-leave]`; `data-url` is where the forms lead.
import { waitingNames } from "../compose/draft-store.ts";

export function signOutQuestion(element: HTMLElement, signal: AbortSignal): void {
  const dialog = element as HTMLDialogElement;
  const page = dialog.ownerDocument;
  const { owner = "", url = "" } = dialog.dataset;
  let asked: (() => void) | null = null;
  let told = false;

  const waits = (): boolean => {
    try {
      return waitingNames(page.defaultView!.localStorage, owner).length > 0;
    } catch {
      return false; // no storage is allowed
    }
  };

  page.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const button = (event as SubmitEvent).submitter;
    if (told || (button?.getAttribute("formaction") ?? form.getAttribute("action")) !== url || !waits()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asked = () => form.requestSubmit(button);
    dialog.showModal();
  }, { signal, capture: true });
  dialog.addEventListener("click", (event) => {
    const pressed = event.target as Element;
    if (pressed.closest("[data-close], [data-leave]")) dialog.close();
    if (!pressed.closest("[data-leave]")) return;
    told = true;
    asked?.();
  }, { signal });
}
