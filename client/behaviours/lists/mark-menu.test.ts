import assert from "node:assert/strict";
import { test } from "node:test";
import { markMenu } from "./mark-menu.ts";
import { fire, page } from "../kernel/testing-page.ts";

const item = (ticked: string, ...words: string[]) =>
  `<li><input type="checkbox" ${ticked}>${words.map((word) => `<span data-mark="${word}"></span>`).join("")}</li>`;
const html = `<details data-behaviour="mark-menu" data-among="#list"><button data-counts="$label1"></button>
  <button data-counts="sorties"></button><button data-counts="autre"></button></details>
  <ol id="list">${item("checked", "$label1", "sorties")}${item("checked", "$label1")}${item("", "autre")}</ol>`;

function pressed(element: HTMLElement): (string | null)[] {
  return [...element.querySelectorAll("button")].map((button) => button.getAttribute("aria-pressed"));
}

function tick(document: Document): void {
  for (const box of document.querySelectorAll<HTMLInputElement>("input[checked]")) box.checked = true;
}

test("opened, each word says whether all, some or none of the ticked items bear it", () => {
  const { document, element, leave } = page(html);
  tick(document);
  markMenu(element, leave.signal);
  assert.deepEqual(pressed(element), [null, null, null]);
  fire(element, "toggle");
  assert.deepEqual(pressed(element), ["true", "mixed", "false"]);
});

test("with nothing ticked none does", () => {
  const { element, leave } = page(html);
  markMenu(element, leave.signal);
  fire(element, "toggle");
  assert.deepEqual(pressed(element), ["false", "false", "false"]);
});

test("without a list to look at, what the page said stays", () => {
  const { element, leave } = page(html.replace(' data-among="#list"', ""));
  markMenu(element, leave.signal);
  fire(element, "toggle");
  assert.deepEqual(pressed(element), [null, null, null]);
});
