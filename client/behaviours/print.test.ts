import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { print } from "./print.ts";

test("the button prints, and is hidden where nothing can", () => {
  const { element, window, leave } = page(`<button data-behaviour="print" hidden></button>`);
  print(element, leave.signal);
  assert.equal(element.hidden, true);

  let printed = 0;
  Object.assign(window, { print: () => printed++ });
  print(element, leave.signal);
  assert.equal(element.hidden, false);
  fire(element, "click");
  assert.ok(printed > 0);
});
