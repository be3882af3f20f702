import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { showPassword } from "./show-password.ts";

const FIELD = `<form><div data-behaviour="show-password" data-show="Show" data-hide="Hide"><input id="s" type="password"></div></form>`;

test("the button shows, then hides, what is typed", () => {
  const { element, document, leave } = page(FIELD);
  showPassword(element, leave.signal);
  const input = document.querySelector("input")!;
  const button = document.querySelector("button")!;
  assert.equal(button.textContent, "Show");
  assert.equal(button.getAttribute("aria-controls"), "s");
  fire(button, "click");
  assert.equal(input.type, "text");
  assert.equal(button.getAttribute("aria-pressed"), "true");
  assert.equal(button.textContent, "Hide");
  fire(button, "click");
  assert.equal(input.type, "password");
});

test("without a field nothing is added", () => {
  const { element, document, leave } = page(`<div data-behaviour="show-password"></div>`);
  showPassword(element, leave.signal);
  assert.equal(document.querySelector("button"), null);
});
