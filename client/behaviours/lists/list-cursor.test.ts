import assert from "node:assert/strict";
import { test } from "node:test";
import { listCursor } from "./list-cursor.ts";
import { fire, page } from "../kernel/testing-page.ts";

const item = (n: number): string => `<li data-value="${n}"><input type="checkbox"><a href="/${n}/">${n}</a><button></button></li>`;

function start(view = "list") {
  const { document, element, leave } = page(`<div data-view="${view}"><section data-behaviour="list-cursor">${[1, 2, 3].map(item).join("")}</section></div><section class="composer" data-letter="x"><button></button></section>`);
  let focused: Element = document.body;
  Object.defineProperty(document, "activeElement", { get: () => focused, configurable: true });
  const clicked: string[] = [];
  const dress = () => {
    for (const one of element.querySelectorAll<HTMLElement>("a")) {
      one.focus = () => { focused = one; fire(one, "focusin"); };
      one.click = () => void clicked.push(one.textContent ?? "");
    }
  };
  dress();
  listCursor(element, leave.signal);
  const key = (pressed: string, more = {}) => fire(focused, "keydown", { key: pressed, ...more });
  const let_go = (to: Element = document.body) => { focused = to; };
  return { document, element, key, clicked, let_go, at: () => focused.textContent, swap: () => fire(document, "htmx:after:swap") };
}

test("it goes down and up without opening anything, and stops at both ends", () => {
  const { key, at, clicked } = start();
  const seen = ["k", "j", "j", "j", "k"].map((one) => (key(one), at()));
  assert.deepEqual(seen, ["1", "2", "3", "3", "2"]);
  assert.deepEqual(clicked, []);
  assert.ok(key("o").defaultPrevented);
  assert.deepEqual(clicked, ["2"]);
});

test("while something is open, the keys are its own", () => {
  const { key, at } = start("reader");
  assert.ok(!key("j").defaultPrevented);
  assert.equal(at()?.trim() === "1", false);
});

test("not while typing, not with Control, and O means nothing without a cursor", () => {
  const { document, key } = start();
  assert.ok(!key("o").defaultPrevented);
  assert.ok(!key("j", { ctrlKey: true }).defaultPrevented);
  assert.ok(!fire(document.querySelector("[data-letter] button")!, "keydown", { key: "j" }).defaultPrevented);
  document.documentElement.dataset["keys"] = "off";
  assert.ok(!key("j").defaultPrevented);
});

test("what goes gives its place to the next one; with the mouse, nothing is taken", () => {
  const { document, element, key, at, let_go, swap } = start();
  key("j");
  key("j");
  element.querySelector("[data-value='2']")!.remove();
  let_go();
  swap();
  assert.equal(at(), "3");
  let_go();
  fire(document.body, "pointerdown");
  swap();
  assert.notEqual(at(), "3");
});

test("also when the item was reached by Tab, or what sent it away is no longer shown", () => {
  const { document, element, at, let_go, swap } = start("reader");
  const box = element.querySelector("[data-value='2'] input")!;
  let_go(box);
  fire(box, "keydown", { key: " " });
  element.querySelector("[data-value='2']")!.remove();
  const button = Object.assign(document.createElement("button"), { checkVisibility: () => false });
  element.append(button);
  let_go(button);
  swap();
  assert.equal(at(), "3");
});

test("another list is begun at its top", () => {
  const { element, key, at, let_go, swap } = start();
  for (const one of ["j", "j", "j"]) key(one);
  element.dataset["list"] = "/other/";
  let_go();
  swap();
  assert.equal(at(), "1");
});

test("what is open takes the focus that stood on the row before it, and not from elsewhere", () => {
  const { document, element, key, at, let_go, swap } = start();
  const opens = (n: number): void => {
    for (const one of element.querySelectorAll("a")) one.toggleAttribute("aria-current", one.textContent === `${n}`);
    swap();
  };
  key("j");
  opens(1);
  opens(2);
  assert.equal(at(), "2");
  key("k");
  swap();
  assert.equal(at(), "1");
  let_go(document.querySelector("[data-letter] button")!);
  opens(3);
  assert.notEqual(at(), "3");
});

test("back in the list, it begins at what was read", () => {
  const { document, element, key, at, swap } = start("reader");
  element.querySelector("[data-value='3'] a")!.setAttribute("aria-current", "true");
  swap();
  element.querySelector("[data-value='3'] a")!.removeAttribute("aria-current");
  document.querySelector<HTMLElement>("[data-view]")!.dataset["view"] = "list";
  swap();
  key("j");
  assert.equal(at(), "3");
});

test("left by a key, what was read gives the focus to its item; Escape leads there while it is open", () => {
  for (const by of ["keydown", "pointerdown"]) {
    const { document, element, key, at, let_go, swap } = start("reader");
    const desk = document.querySelector<HTMLElement>("[data-view]")!;
    const heading = desk.appendChild(document.createElement("h1"));
    const item = element.querySelector<HTMLElement>("[data-value='2'] a")!;
    item.setAttribute("aria-current", "true");
    let seen = true;
    item.checkVisibility = () => seen;
    swap();
    let_go(heading);
    assert.ok(key("Escape").defaultPrevented);
    assert.equal(at(), "2");
    let_go(heading);
    seen = false; // where one plane fits the screen
    assert.ok(!key("Escape").defaultPrevented);
    fire(heading, by, { key: "u" });
    item.removeAttribute("aria-current");
    desk.dataset["view"] = "list";
    let_go();
    swap();
    assert.equal(at() === "2", by === "keydown");
  }
});
