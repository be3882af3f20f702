// A page for tests: enough of a document to start behaviours in, without a browser.
import { mock } from "node:test";
import { parseHTML } from "linkedom";

export interface Page {
  document: Document;
  window: Window & typeof globalThis;
  element: HTMLElement;
  leave: AbortController;
}

/** The first element that carries a behaviour is the one under test. */
export function page(html: string): Page {
  const window = parseHTML(`<!doctype html><html><body>${html}<p id="parole"></p></body></html>`) as unknown as Window & typeof globalThis;
  const element = window.document.querySelector<HTMLElement>("[data-behaviour]");
  if (!element) throw new Error("no element with data-behaviour");
  return { document: window.document, window, element, leave: new AbortController() };
}

/** What the page has said aloud since it was asked last; timers are mocked. */
export function said(page: Document): string {
  const region = page.getElementById("parole")!;
  mock.timers.tick(400);
  const text = region.textContent;
  region.textContent = "";
  return text;
}

export function fire(target: Node, name: string, more: object = {}): Event {
  const { Event } = (target.ownerDocument ?? (target as Document)).defaultView!;
  const event = Object.assign(new Event(name, { bubbles: true, cancelable: true }), more);
  target.dispatchEvent(event);
  return event;
}

/** A storage of the browser, as large as one says. */
export function storage(room = Infinity): Storage {
  const kept = new Map<string, string>();
  const others = (name: string): number => [...kept].reduce((sum, [one, value]) => sum + (one === name ? 0 : value.length), 0);
  return {
    get length() { return kept.size; },
    key: (place: number) => [...kept.keys()][place] ?? null,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem(name: string, value: string) {
      if (others(name) + value.length > room) throw new Error("QuotaExceededError");
      kept.set(name, value);
    },
    removeItem: (name: string) => void kept.delete(name),
    clear: () => kept.clear(),
  };
}

/** The sheet of a letter being written. */
export const sheet = (letter: string, title = "", begun = "", typed = 0, source = ""): string =>
  `<section class="composer" data-letter="${letter}"${source && ` data-source="${source}"`}><form><input name="objet" value="${title}"><input name="debut" value="${begun}"><input name="frappe" value="${typed}">
  <button name="reduire"></button><textarea name="texte"></textarea></form></section>`;

/** What a page of somebody carries, so that copies can be sealed in it; and the storage that they are put in. */
export function sealedIn(page: Page, store: Storage, owner = "moi"): void {
  page.document.body.insertAdjacentHTML("beforeend", `<div id="attente" data-owner="${owner}" data-seal="${btoa(owner.padEnd(32, "."))}"></div>`);
  Object.defineProperty(page.window, "localStorage", { value: store, configurable: true });
  Object.defineProperty(page.window, "crypto", { value: crypto, configurable: true });
}

/** What is sealed is there a moment later. */
export const soon = (): Promise<void> => new Promise((done) => setTimeout(done, 20));
