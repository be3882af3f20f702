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

test("a key leads into its box with all that stands there chosen; pressed again at once it writes nothing", () => {
  const { document, window, element, leave } = page(`<div data-behaviour="shortcuts"><label for="q" data-key="/"></label><input id="q" value="martin"></div>`);
  Object.defineProperty(window, "localStorage", { value: store(), configurable: true });
  const box = document.getElementById("q") as HTMLInputElement;
  let chosen = 0;
  box.select = () => void (chosen += 1);
  Object.defineProperty(element.querySelector("label"), "control", { value: box });
  shortcuts(element, leave.signal);
  fire(element, "keydown", { key: "/" });
  assert.equal(chosen, 1);
  Object.assign(box, { selectionStart: 0, selectionEnd: 6 });
  assert.ok(fire(box, "keydown", { key: "/" }).defaultPrevented);
  Object.assign(box, { selectionStart: 3, selectionEnd: 3 });
  assert.ok(!fire(box, "keydown", { key: "/" }).defaultPrevented);
  assert.equal(chosen, 2);
});

test("what was looked for in vain is chosen whole, to be typed over; a heading takes the focus, to go on from", () => {
  const { document, window, element, leave } = page(
    `<div data-behaviour="shortcuts"><input id="q" type="search" autofocus><h2 data-key="t" tabindex="-1"></h2></div>`,
  );
  Object.defineProperty(window, "localStorage", { value: store(), configurable: true });
  const did: string[] = [];
  (document.getElementById("q") as HTMLInputElement).select = () => void did.push("chosen");
  document.querySelector("h2")!.focus = () => void did.push("focused");
  shortcuts(element, leave.signal);
  fire(document.getElementById("q")!, "focusin");
  fire(element, "keydown", { key: "t" });
  assert.deepEqual(did, ["chosen", "focused"]);
});

test("a page that begins in an empty box lets one go by the same key, and types once something stands there", () => {
  const { document, window, element, leave } = page(`<div data-behaviour="shortcuts"><input id="why" autofocus><a data-key="/" href="/"></a></div>`);
  Object.defineProperty(window, "localStorage", { value: store(), configurable: true });
  let gone = 0;
  element.querySelector("a")!.click = () => void (gone += 1);
  shortcuts(element, leave.signal);
  const box = document.getElementById("why") as HTMLInputElement;
  box.value = "";
  fire(box, "keydown", { key: "/" });
  box.value = "27";
  fire(box, "keydown", { key: "/" });
  assert.equal(gone, 1);
});
