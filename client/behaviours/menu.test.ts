import assert from "node:assert/strict";
import { test } from "node:test";
import { menu } from "./menu.ts";
import { fire, page } from "./page.ts";

const MENU = `<details open data-behaviour="menu"><summary></summary><a id="in"></a></details><p id="out"></p>`;

test("a click elsewhere closes it, one inside does not", () => {
  const { element, document, leave } = page(MENU);
  menu(element, leave.signal);
  fire(document.getElementById("in")!, "click");
  assert.equal(element.hasAttribute("open"), true);
  fire(document.getElementById("out")!, "click");
  assert.equal(element.hasAttribute("open"), false);
});

test("the focus that goes elsewhere closes it; the one that goes nowhere does not", () => {
  const { element, document, leave } = page(MENU);
  menu(element, leave.signal);
  fire(element, "focusout", { relatedTarget: null });
  assert.equal(element.hasAttribute("open"), true);
  fire(element, "focusout", { relatedTarget: document.getElementById("out") });
  assert.equal(element.hasAttribute("open"), false);
});

test("Escape closes it, gives the focus back to its name, and closes nothing else", () => {
  const { element, document, leave } = page(MENU);
  menu(element, leave.signal);
  let focused = false;
  let heard = false;
  document.querySelector("summary")!.focus = () => (focused = true);
  document.addEventListener("keydown", () => (heard = true));
  fire(element, "keydown", { key: "Escape" });
  assert.equal(element.hasAttribute("open"), false);
  assert.equal(focused, true);
  assert.equal(heard, false);
});
