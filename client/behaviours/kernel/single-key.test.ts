import assert from "node:assert/strict";
import { test } from "node:test";
import { isKey } from "./single-key.ts";
import { fire, page } from "./testing-page.ts";

const html = `<div data-behaviour="x"><a></a><input><input type="checkbox"><textarea></textarea><p contenteditable></p></div>`;

function start() {
  const { document, element } = page(html);
  const on = (selector: string, more = {}) => {
    let said = false;
    const listen = (event: Event) => void (said = isKey(event as KeyboardEvent));
    document.addEventListener("keydown", listen);
    fire(element.querySelector(selector)!, "keydown", { key: "e", ...more });
    document.removeEventListener("keydown", listen);
    return said;
  };
  return { document, on };
}

test("a key alone, where nobody types", () => {
  const { on } = start();
  assert.ok(on("a") && on("[type=checkbox]"));
  for (const field of ["input:not([type])", "textarea", "p"]) assert.equal(on(field), false);
  for (const held of ["ctrlKey", "metaKey", "altKey", "isComposing"]) assert.equal(on("a", { [held]: true }), false);
  assert.ok(on("a", { shiftKey: true }));
  assert.ok(on("a", { key: "#", ctrlKey: true, altKey: true, getModifierState: (name: string) => name === "AltGraph" }));
});

test("for nobody who has turned them off", () => {
  const { document, on } = start();
  document.documentElement.dataset["keys"] = "off";
  assert.equal(on("a"), false);
});
