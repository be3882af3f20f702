import assert from "node:assert/strict";
import { test } from "node:test";
import { autosize } from "./autosize.ts";
import { fire, page } from "./page.ts";

test("the height follows the text, borders included", () => {
  const { element, leave } = page(`<textarea data-behaviour="autosize"></textarea>`);
  let text = 40;
  Object.defineProperties(element, {
    scrollHeight: { get: () => text },
    offsetHeight: { value: 42 },
    clientHeight: { value: 40 },
  });
  autosize(element, leave.signal);
  assert.equal(element.style.height, "42px");
  text = 100;
  fire(element, "input");
  assert.equal(element.style.height, "102px");
});
