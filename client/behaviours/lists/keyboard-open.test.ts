import assert from "node:assert/strict";
import { test } from "node:test";
import { keyboardOpen } from "./keyboard-open.ts";
import { fire, page } from "../kernel/testing-page.ts";

function start() {
  const { document, element, leave } = page(`<div data-behaviour="keyboard-open"><li data-value="1"><a href="/b/">x</a></li><button></button><h1 data-plane-heading="reader"></h1></div>`);
  const seen = { focused: 0, path: "/" };
  let active: Element = document.body;
  Object.defineProperty(document, "location", { value: { get pathname() { return seen.path; } }, configurable: true });
  Object.defineProperty(document, "activeElement", { get: () => active, configurable: true });
  const heading = element.querySelector("h1")!;
  heading.focus = () => void ((seen.focused += 1), (active = heading));
  heading.blur = () => void (active = document.body);
  keyboardOpen(element, leave.signal);
  const arrives = (): number => (seen.path += "b/", fire(document, "htmx:after:swap"), seen.focused);
  const press = (what: string, more: object) => fire(element.querySelector(what)!, "click", more);
  return { document, seen, arrives, press, look: (at: Element = document.body) => void (active = at) };
}

test("an item opened by a key is gone to, and so is the next one from there", () => {
  const { arrives, press, look } = start();
  press("a", { detail: 0 });
  assert.equal(arrives(), 1);
  press("button", { detail: 0 });
  assert.equal(arrives(), 2);
  look();
  assert.equal(arrives(), 2);
});

test("so is one that a screen reader presses, which counts a click and has no pointer", () => {
  const { arrives, press } = start();
  press("a", { detail: 1, pointerType: "mouse" });
  assert.equal(arrives(), 0);
  press("a", { detail: 1, pointerType: "" });
  assert.equal(arrives(), 1);
});

test("what is open already is gone to at once", () => {
  const { document, seen, press } = start();
  document.querySelector("a")!.setAttribute("aria-current", "true");
  press("a", { detail: 1 });
  assert.equal(seen.focused, 0);
  press("a", { detail: 0 });
  assert.equal(seen.focused, 1);
});

test("opened by the pointer, in a tab of its own, or by another control, it takes nothing", () => {
  const { arrives, press } = start();
  for (const [what, more] of [["a", { detail: 1 }], ["a", { detail: 0, ctrlKey: true }], ["button", { detail: 0 }]] as const) {
    press(what, more);
    assert.equal(arrives(), 0);
  }
  press("a", { detail: 0 });
  press("button", { detail: 1 }); // somebody goes elsewhere before it is there
  assert.equal(arrives(), 0);
});

test("the same place drawn anew, and what lies over the page, move nothing", () => {
  const { document, seen, arrives, press } = start();
  press("a", { detail: 0 });
  fire(document, "htmx:after:swap");
  assert.equal(seen.focused, 0);
  document.body.append(Object.assign(document.createElement("dialog"), {}));
  document.querySelector("dialog")!.setAttribute("open", "");
  assert.equal(arrives(), 0);
});
