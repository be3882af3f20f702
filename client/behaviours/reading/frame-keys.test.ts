import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { frameKeys } from "./frame-keys.ts";
import { fire, page } from "../kernel/testing-page.ts";

function start() {
  const { document, window, element, leave } = page(`<iframe data-behaviour="frame-keys"></iframe>`);
  class KeyboardEvent extends window.Event {
    constructor(name: string, said: Event & { key?: string }) {
      super(name, { bubbles: true, cancelable: true });
      Object.assign(this, { key: said.key });
    }
  }
  Object.defineProperty(window, "KeyboardEvent", { value: KeyboardEvent, configurable: true });
  const shows = (html: string) => {
    const inside = parseHTML(`<!doctype html><html><body>${html}</body></html>`).document as unknown as Document;
    Object.defineProperty(element, "contentDocument", { value: inside, configurable: true });
    return inside;
  };
  const keys: string[] = [];
  document.addEventListener("keydown", (event) => void keys.push((event as KeyboardEvent & { key: string }).key));
  return { document, element, leave, shows, keys };
}

test("the page hears each key once, of whatever the frame shows now", () => {
  const { element, leave, shows, keys } = start();
  shows("");
  frameKeys(element, leave.signal);
  const letter = shows("<p>Bonjour</p>");
  fire(element, "measured");
  fire(element, "load");
  fire(letter.querySelector("p")!, "keydown", { key: "e" });
  assert.deepEqual(keys, ["e"]);
});

test("what the page did with a key, the frame does not do as well", () => {
  const { document, element, leave, shows } = start();
  const letter = shows("<p></p>");
  frameKeys(element, leave.signal);
  assert.ok(!fire(letter.querySelector("p")!, "keydown", { key: "x" }).defaultPrevented);
  document.addEventListener("keydown", (event) => event.preventDefault());
  assert.ok(fire(letter.querySelector("p")!, "keydown", { key: "e" }).defaultPrevented);
});
