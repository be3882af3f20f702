import assert from "node:assert/strict";
import { test } from "node:test";
import { keptText, TEXTS } from "./kept-text.ts";
import { fire, page, storage } from "../kernel/testing-page.ts";

function start(kept: Storage, text = "") {
  const { window, element, leave } = page(
    `<form action="/notes/"><textarea data-behaviour="kept-text" data-whose="w">${text}</textarea></form>`,
  );
  const [field, form] = [element as HTMLTextAreaElement, element.closest("form")!];
  const define = (one: object, name: string, value: unknown) => Object.defineProperty(one, name, { value, configurable: true });
  define(window, "sessionStorage", kept);
  define(field, "form", form);
  keptText(field, leave.signal);
  return field;
}

test("what was typed is there again, until it is sent", () => {
  const kept = storage();
  const field = start(kept);
  field.value = "Le mardi est pris.";
  fire(field, "input");
  const again = start(kept);
  assert.equal(again.value, "Le mardi est pris.");
  fire(again.closest("form")!, "submit");
  assert.equal(start(kept).value, "");
});

test("a text that comes with the page is not replaced", () => {
  const kept = storage();
  kept.setItem(`${TEXTS}w:/notes/`, "Ancien");
  assert.equal(start(kept, "Refusé").value, "Refusé");
});
