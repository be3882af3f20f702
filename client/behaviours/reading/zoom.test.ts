import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { zoom } from "./zoom.ts";

const html = `<div data-behaviour="zoom" data-for="#feuille" hidden><button data-tool="larger">+</button><button data-tool="smaller">-</button>
  <button data-tool="fit">=</button><button data-tool="turn">t</button></div><div id="feuille"></div>`;

function start() {
  const { document, element, leave } = page(html);
  const sheet = document.querySelector<HTMLElement>("#feuille")!;
  zoom(element, leave.signal);
  const press = (tool: string): void => void fire(element.querySelector(`[data-tool="${tool}"]`)!, "click");
  const value = (name: string): string => sheet.style.getPropertyValue(name);
  return { element, sheet, press, value };
}

test("larger and smaller stop at their ends, whole comes back", () => {
  const { element, press, value } = start();
  assert.ok(!element.hidden);
  press("larger");
  assert.equal(value("--zoom"), "1.25");
  for (let count = 0; count < 20; count += 1) press("larger");
  assert.equal(value("--zoom"), "4");
  for (let count = 0; count < 20; count += 1) press("smaller");
  assert.equal(value("--zoom"), "0.5");
  press("fit");
  assert.equal(value("--zoom"), "1");
});

test("four turns are none, and a sheet on its side is known to be so", () => {
  const { sheet, press, value } = start();
  press("turn");
  assert.equal(value("--turn"), "90deg");
  assert.ok(sheet.classList.contains("sideways"));
  press("turn");
  assert.ok(!sheet.classList.contains("sideways"));
  press("turn");
  press("turn");
  assert.equal(value("--turn"), "0deg");
});

test("what it enlarges is told", () => {
  const { sheet, press } = start();
  let told = 0;
  sheet.addEventListener("zoom", () => void (told += 1));
  press("larger");
  assert.equal(told, 1);
});
