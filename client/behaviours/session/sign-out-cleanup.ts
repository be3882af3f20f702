// Somebody has signed out: nothing of what they wrote stays in this browser but what they were told still waits to leave, sealed; nor any
// notice of what came. `<i data-behaviour="sign-out-cleanup">`
import { names, waitingNames } from "../compose/draft-store.ts";
import { DOCKS } from "../compose/minimised-store.ts";
import { TEXTS } from "../forms/kept-text.ts";
import { LINKS } from "../reading/permalink-memory.ts";
import { dismiss } from "../shell/notification.ts";

export function signOutCleanup(element: HTMLElement): void {
  const view = element.ownerDocument.defaultView!;
  void dismiss(view);
  for (const store of [view.localStorage, view.sessionStorage]) {
    const stays = waitingNames(store);
    for (const name of [...names(store).filter((one) => !stays.includes(one)), ...names(store, DOCKS), ...names(store, LINKS), ...names(store, TEXTS)]) store.removeItem(name);
  }
}
