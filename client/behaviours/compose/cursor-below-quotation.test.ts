import assert from "node:assert/strict";
import { test } from "node:test";
import { cursorBelowQuotation } from "./cursor-below-quotation.ts";
import { page } from "../kernel/testing-page.ts";

function placed(text: string): number | null {
  const { element } = page(`<textarea data-behaviour="cursor-below-quotation"></textarea>`);
  let place: number | null = null;
  Object.defineProperty(element, "value", { value: text });
  Object.assign(element, { setSelectionRange: (at: number) => (place = at) });
  cursorBelowQuotation(element);
  return place;
}

test("one goes on under what is quoted first", () => {
  const text = "Le 3 mai, Jean a écrit :\n> Bonjour\n>> avant\n\n\n\n-- \nMoi";
  assert.equal(text.slice(placed(text)!), "\n\n-- \nMoi");
});

test("any other text is begun at its top", () => {
  assert.equal(placed("\n\nMoi\n\nJean a écrit :\n> Bonjour"), null);
  assert.equal(placed(""), null);
});
