import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { OFF, shortcuts, shortcutsSwitch } from "./shortcuts.ts";

const html = `<div data-behaviour="shortcuts"><a data-key="n" href="/n/">N</a><input><input type="checkbox"></div>`;

function store(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

function start() {
  const { document, window, element, leave } = page(html);
  Object.defineProperty(window, "localStorage", { value: store(), configurable: true });
  let pressed = 0;
  element.querySelector<HTMLElement>("[data-key]")!.click = () => void (pressed += 1);
  shortcuts(element, leave.signal);
  return { document, window, element, pressed: () => pressed };
}

test("a key presses what bears it", () => {
  const { element, pressed } = start();
  fire(element, "keydown", { key: "n" });
  fire(element, "keydown", { key: "z" });
  assert.equal(pressed(), 1);
});

test("not while typing, not with Control", () => {
  const { element, pressed } = start();
  fire(element.querySelector("input")!, "keydown", { key: "n" });
  fire(element, "keydown", { key: "n", ctrlKey: true });
  assert.equal(pressed(), 0);
  fire(element.querySelector("[type=checkbox]")!, "keydown", { key: "n" });
  assert.equal(pressed(), 1);
});

test("they can be turned off", () => {
  const { window, element, pressed } = start();
  const box = element.querySelector<HTMLInputElement>("[type=checkbox]")!;
  shortcutsSwitch(box, new AbortController().signal);
  assert.equal(box.checked, true);
  box.checked = false;
  fire(box, "change");
  assert.equal(window.localStorage.getItem(OFF), "1");
  fire(element, "keydown", { key: "n" });
  assert.equal(pressed(), 0);
});

test("what is made invisible leaves the key to the next that bears it", () => {
  const { window, element, leave } = page(`<div data-behaviour="shortcuts"><b data-key="e"></b><b data-key="e"></b></div>`);
  Object.defineProperty(window, "localStorage", { value: store(), configurable: true });
  const [bulk, open] = [...element.querySelectorAll<HTMLElement>("b")] as [HTMLElement, HTMLElement];
  let unseen: HTMLElement | null = bulk;
  window.getComputedStyle = ((one: HTMLElement) => ({ visibility: one === unseen ? "hidden" : "visible" })) as typeof window.getComputedStyle;
  const pressed: HTMLElement[] = [];
  for (const one of [bulk, open]) one.click = () => void pressed.push(one);
  shortcuts(element, leave.signal);
  fire(element, "keydown", { key: "e" });
  unseen = null;
  fire(element, "keydown", { key: "e" });
  assert.deepEqual(pressed, [open, bulk]);
});
