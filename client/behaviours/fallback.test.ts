import assert from "node:assert/strict";
import { test } from "node:test";
import { fallback } from "./fallback.ts";
import { fire, page } from "./page.ts";

function start(state: object = {}) {
  const { document, element, leave } = page(`<div data-behaviour="fallback"><video></video><div data-instead hidden>Illisible</div></div>`);
  const [shown, instead] = [element.querySelector("video")!, element.querySelector<HTMLElement>("[data-instead]")!];
  Object.assign(shown, state);
  fallback(element, leave.signal);
  return { document, shown, looks: () => [shown.hidden, instead.hidden] };
}

test("what plays stays", () => {
  assert.deepEqual(start().looks(), [false, true]);
  assert.deepEqual(start({ complete: true, naturalWidth: 8 }).looks(), [false, true]);
});

test("what fails gives its place up", () => {
  const { shown, looks } = start();
  fire(shown, "error");
  assert.deepEqual(looks(), [true, false]);
});

test("what had failed before does too", () => {
  assert.deepEqual(start({ error: { code: 4 } }).looks(), [true, false]);
  assert.deepEqual(start({ complete: true, naturalWidth: 0 }).looks(), [true, false]);
});
