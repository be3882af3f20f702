import assert from "node:assert/strict";
import { test } from "node:test";
import { capsLock } from "./caps-lock.ts";
import { fire, page } from "../kernel/testing-page.ts";

test("the words appear while the key is on and leave with the focus", () => {
  const { element, document, leave } = page(`<input id="s"><p data-behaviour="caps-lock" data-for="s" hidden>On</p>`);
  capsLock(element, leave.signal);
  const input = document.getElementById("s")!;
  fire(input, "keydown", { getModifierState: () => true });
  assert.equal(element.hidden, false);
  fire(input, "keyup", { getModifierState: () => false });
  assert.equal(element.hidden, true);
  fire(input, "keydown", { getModifierState: () => true });
  fire(input, "blur");
  assert.equal(element.hidden, true);
});
