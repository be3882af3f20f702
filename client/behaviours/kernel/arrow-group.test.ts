import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./testing-page.ts";
import { arrowGroup } from "./arrow-group.ts";

const LINKS = `<a href="/1">1</a><a href="/2" aria-current="page">2</a><details><summary>3</summary><div class="menu-panel"><button>in a menu</button></div></details>`;

function start(html: string) {
  const { document, element, leave } = page(html);
  let at: Element | undefined;
  for (const one of document.querySelectorAll<HTMLElement>("a, button, summary, input")) {
    one.focus = () => { at = one; fire(one, "focusin"); };
  }
  arrowGroup(element, leave.signal);
  const all = [...element.querySelectorAll<HTMLElement>("a, summary")];
  return { document, element, all, stops: () => all.map((one) => Number(one.getAttribute("tabindex"))), focused: () => at?.textContent };
}

test("one of many is a stop: the current one, then what had the focus last", () => {
  const { all, stops, focused } = start(`<nav data-behaviour="arrow-group">${LINKS}</nav>`);
  assert.deepEqual(stops(), [-1, 0, -1]);
  fire(all[1]!, "keydown", { key: "ArrowDown" });
  assert.equal(focused(), "3");
  assert.deepEqual(stops(), [-1, -1, 0]);
  fire(all[2]!, "keydown", { key: "ArrowDown" });
  assert.equal(focused(), "3");
  fire(all[2]!, "keydown", { key: "Home" });
  assert.equal(focused(), "1");
});

test("what lies in a menu keeps stops and keys of its own", () => {
  const { element, focused } = start(`<nav data-behaviour="arrow-group">${LINKS}</nav>`);
  const inside = element.querySelector("button")!;
  assert.equal(inside.getAttribute("tabindex"), null);
  fire(inside, "keydown", { key: "ArrowDown" });
  assert.equal(focused(), undefined);
});

test("up and down lead from item to item, past the tools beside one", () => {
  const { all, focused } = start(`<nav data-behaviour="arrow-group"><a href="/1">1</a><div data-tools><details><summary>tools</summary></details></div><a href="/2">2</a></nav>`);
  fire(all[0]!, "keydown", { key: "ArrowDown" });
  assert.equal(focused(), "2");
  fire(all[0]!, "keydown", { key: "ArrowRight" });
  assert.equal(focused(), "tools");
});

test("what was drawn anew is settled anew", () => {
  const { document, element } = start(`<nav data-behaviour="arrow-group">${LINKS}</nav>`);
  element.innerHTML = `<a href="/9">9</a><a href="/8">8</a>`;
  fire(document, "htmx:after:swap");
  assert.deepEqual([...element.querySelectorAll("a")].map((one) => Number(one.getAttribute("tabindex"))), [0, -1]);
});

test("below a box it is reached by the arrow, unless the box proposes something of its own", () => {
  const { document, focused } = start(`<div><input id="q"><div data-behaviour="arrow-group" data-below="q">${LINKS}</div></div>`);
  const box = document.querySelector("input")!;
  box.setAttribute("aria-expanded", "true");
  fire(box, "keydown", { key: "ArrowDown" });
  assert.equal(focused(), undefined);
  box.setAttribute("aria-expanded", "false");
  fire(box, "keydown", { key: "ArrowDown" });
  assert.equal(focused(), "1");
  fire(document.querySelector("a")!, "keydown", { key: "ArrowUp" });
  assert.equal(focused(), "");
});
