import assert from "node:assert/strict";
import { test } from "node:test";
import { land } from "./focus-heading.ts";
import { page } from "./testing-page.ts";

test("focus and caret come to the heading", () => {
  const { document, element } = page('<h1 data-behaviour="x">A</h1>');
  const seen: unknown[] = [];
  element.focus = (options) => void seen.push(options?.preventScroll);
  Object.assign(document, { getSelection: () => ({ collapse: (...where: unknown[]) => void seen.push(...where) }) });
  land(element);
  assert.deepEqual(seen, [true, element, 0]);
});
