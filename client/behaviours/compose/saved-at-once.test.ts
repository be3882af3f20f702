import assert from "node:assert/strict";
import { test } from "node:test";
import { saveAtOnce } from "./saved-at-once.ts";
import { page } from "../kernel/testing-page.ts";

test("letters of the page are told to save at once", () => {
  const { document, element } = page(`<i data-behaviour="saved-at-once"></i>`);
  let saved = 0;
  document.body.addEventListener("back", () => (saved += 1));
  saveAtOnce(element);
  assert.equal(saved, 1);
});
