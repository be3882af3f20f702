import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { print } from "./print.ts";

test("the button shows where one can print, and prints", () => {
  const { window, element, leave } = page(`<button data-behaviour="print" hidden>Imprimer</button>`);
  let printed = 0;
  Object.defineProperty(window, "print", { value: () => void (printed += 1), configurable: true });
  print(element, leave.signal);
  assert.equal(element.hidden, false);
  fire(element, "click");
  assert.equal(printed, 1);
});
