import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { OFF, shortcuts, shortcutsSwitch } from "./shortcuts.ts";

const PAGE = `<div data-behaviour="shortcuts"><button data-key="r"></button><textarea></textarea></div><input id="s" type="checkbox">`;

function shown(): { element: HTMLElement; document: Document; pressed: () => number; stored: Map<string, string> } {
  const { element, document, window, leave } = page(PAGE);
  const stored = new Map<string, string>();
  const localStorage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  };
  Object.defineProperty(window, "localStorage", { value: localStorage, configurable: true });
  let pressed = 0;
  element.querySelector("button")!.addEventListener("click", () => pressed++);
  shortcuts(element, leave.signal);
  shortcutsSwitch(document.getElementById("s")!, leave.signal);
  return { element, document, pressed: () => pressed, stored };
}

test("a key presses its button", () => {
  const { element, pressed } = shown();
  fire(element, "keydown", { key: "r" });
  fire(element, "keydown", { key: "x" });
  assert.equal(pressed(), 1);
});

test("never while somebody types, and never with Ctrl: that is the browser's", () => {
  const { element, pressed } = shown();
  fire(element.querySelector("textarea")!, "keydown", { key: "r" });
  fire(element, "keydown", { key: "r", ctrlKey: true });
  assert.equal(pressed(), 0);
});

test("the box turns them off and on", () => {
  const { element, document, pressed, stored } = shown();
  const box = document.getElementById("s") as HTMLInputElement;
  assert.equal(box.checked, true);
  box.checked = false;
  fire(box, "change");
  assert.equal(stored.has(OFF), true);
  fire(element, "keydown", { key: "r" });
  assert.equal(pressed(), 0);
  box.checked = true;
  fire(box, "change");
  fire(element, "keydown", { key: "r" });
  assert.equal(pressed(), 1);
});
