import assert from "node:assert/strict";
import { test } from "node:test";
import { menu } from "./menu.ts";
import { fire, page } from "../kernel/testing-page.ts";

const html = `<details data-behaviour="menu" open><summary>Plus</summary><button>Imprimer</button></details><p>Ailleurs</p>`;

test("a click elsewhere closes, a click inside does not", () => {
  const { document, element, leave } = page(html);
  menu(element, leave.signal);
  fire(element.querySelector("button")!, "click");
  assert.ok(element.hasAttribute("open"));
  fire(document.querySelector("p")!, "click");
  assert.ok(!element.hasAttribute("open"));
});

test("Escape closes and gives the focus back to the name", () => {
  const { element, leave } = page(html);
  let focused = 0;
  element.querySelector("summary")!.focus = () => void (focused += 1);
  menu(element, leave.signal);
  fire(element.querySelector("button")!, "keydown", { key: "Escape" });
  assert.ok(!element.hasAttribute("open"));
  assert.equal(focused, 1);
});

test("leaving by the keyboard closes", () => {
  const { document, element, leave } = page(html);
  menu(element, leave.signal);
  fire(element.querySelector("button")!, "focusout", { relatedTarget: document.querySelector("p") });
  assert.ok(!element.hasAttribute("open"));
});

test("opened from elsewhere, by a key, its first choice has the focus", () => {
  const { document, element, leave } = page(html);
  let focused = 0;
  element.querySelector("button")!.focus = () => void (focused += 1);
  Object.defineProperty(document, "activeElement", { value: document.body, configurable: true });
  menu(element, leave.signal);
  fire(element, "toggle");
  assert.equal(focused, 1);
  Object.defineProperty(document, "activeElement", { value: element.querySelector("summary"), configurable: true });
  fire(element, "toggle");
  assert.equal(focused, 1); // by the pointer: it stays on the name
});

test("what is around a label that is pressed takes the focus, and closes nothing; who is inside stays there", () => {
  const { document, element, leave } = page(html.replace("<button>", "<input data-first><button>"));
  let focused = 0;
  element.querySelector("input")!.focus = () => void (focused += 1);
  menu(element, leave.signal);
  fire(element.querySelector("button")!, "focusout", { relatedTarget: document.body });
  assert.ok(element.hasAttribute("open"));
  Object.defineProperty(document, "activeElement", { value: element.querySelector("button"), configurable: true });
  fire(element, "toggle"); // drawn anew, open
  assert.equal(focused, 0);
});

test("a button of its own closes it", () => {
  const { element, leave } = page(html.replace("<button>", "<button data-done hidden></button><button>"));
  let focused = 0;
  element.querySelector("summary")!.focus = () => void (focused += 1);
  menu(element, leave.signal);
  const done = element.querySelector<HTMLElement>("[data-done]")!;
  assert.equal(done.hidden, false);
  done.click();
  assert.deepEqual([element.hasAttribute("open"), focused], [false, 1]);
});

test("what would open under the foot of its pane is scrolled into sight", () => {
  const { document, element, leave } = page(`<div class="scroll">${html.replace("<button>", '<div class="menu-panel"></div><button>')}</div>`);
  const at = (one: Element, top: number, bottom: number): void => void (one.getBoundingClientRect = () => ({ top, bottom }) as DOMRect);
  const pane = document.querySelector(".scroll")!;
  pane.scrollTop = 0;
  at(pane, 100, 500);
  at(element, 450, 480);
  at(element.querySelector(".menu-panel")!, 480, 700);
  menu(element, leave.signal);
  fire(element, "toggle");
  assert.equal(pane.scrollTop, 208);
  assert.ok(!element.querySelector(".menu-end"));
  at(element.querySelector(".menu-panel")!, 480, 1400);
  fire(element, "toggle");
  assert.equal(pane.scrollTop, 208 + 350); // its name stays in sight
});

test("what would open past the edge of the page opens the other way", () => {
  const { document, element, leave } = page(html.replace("<button>", '<div class="menu-panel"></div><button>'));
  Object.defineProperty(document.documentElement, "clientWidth", { value: 1440 });
  element.querySelector(".menu-panel")!.getBoundingClientRect = () => ({ top: 0, bottom: 9, right: 1460 }) as DOMRect;
  menu(element, leave.signal);
  fire(element, "toggle");
  assert.ok(element.querySelector(".menu-panel")!.classList.contains("menu-end"));
});
