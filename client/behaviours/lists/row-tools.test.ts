import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { rowTools } from "./row-tools.ts";

const html = `<div data-behaviour="row-tools"><span data-tools hidden><button name="choix">×</button></span>
  <ol><li data-value="7"><a href="/7/">Sept</a></li><li data-value="8"><a href="/8/">Huit</a></li></ol></div>`;

function start() {
  const { document, element, leave } = page(html);
  rowTools(element, leave.signal);
  const set = element.querySelector<HTMLElement>("[data-tools]")!;
  const [seven, eight] = [...element.querySelectorAll("a")] as unknown as [Element, Element];
  return { document, set, button: set.querySelector("button")!, seven, eight };
}

test("the tools follow the pointer and the focus, with the item's value", () => {
  const { set, button, seven, eight } = start();
  fire(seven, "mouseover");
  assert.equal(set.parentElement, seven.parentElement);
  assert.deepEqual([set.hidden, button.value], [false, "7"]);
  fire(eight, "focusin");
  assert.equal(set.parentElement, eight.parentElement);
  assert.equal(button.value, "8");
});

test("while one of them has the focus, the pointer does not take them away", () => {
  const { document, set, button, seven, eight } = start();
  fire(seven, "focusin");
  Object.defineProperty(document, "activeElement", { value: button, configurable: true });
  fire(eight, "mouseover");
  assert.equal(set.parentElement, seven.parentElement);
});
