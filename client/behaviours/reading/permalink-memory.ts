// The lasting link of the open message, kept by this tab under the address at which it was opened: once that leads to nothing, since
// another program moved the message, the page that is read anew goes where the link does, once. What another account left in the tab goes.
// `<i data-behaviour="permalink-memory" data-whose data-path data-link>`; `data-path` alone where there is nothing; neither beside a list
import { names } from "../compose/draft-store.ts";

export const LINKS = "liens:";
const MOST = 200;

export function permalinkMemory(element: HTMLElement): void {
  const { whose = "", path = "", link = "" } = element.dataset;
  const store = whose ? tab(element.ownerDocument.defaultView!) : null;
  const name = `${LINKS}${whose}`;
  for (const other of names(store, LINKS)) if (other !== name) store?.removeItem(other);
  if (!store || !path) return;
  const kept = new Map(JSON.parse(store.getItem(name) ?? "[]") as Array<[string, string]>);
  const known = kept.get(path);
  kept.delete(path);
  if (link) kept.set(path, link);
  store.setItem(name, JSON.stringify([...kept].slice(-MOST)));
  if (!link && known) element.ownerDocument.defaultView!.location.replace(known);
}

function tab(view: Window): Storage | null {
  try {
    return view.sessionStorage;
  } catch {
    return null; // none is allowed
  }
}
