import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { mailtoRegistration } from "./mailto-registration.ts";

const html = `<div data-behaviour="mailto-registration" data-protocol="mailto" data-url="/ecrire/?mailto=%s" data-done="fait" hidden>
  <p role="status"></p><button></button></div>`;

test("the browser is asked on a click, with a whole address", () => {
  const { element, leave } = page(html);
  const asked: string[][] = [];
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { registerProtocolHandler: (...words: string[]) => asked.push(words) } });
  Object.defineProperty(globalThis, "location", { configurable: true, value: { origin: "https://h" } });
  mailtoRegistration(element, leave.signal);
  assert.equal(element.hidden, false);
  assert.deepEqual(asked, []);
  fire(element.querySelector("button")!, "click");
  assert.deepEqual(asked, [["mailto", "https://h/ecrire/?mailto=%s"]]);
  assert.equal(element.querySelector("p")!.textContent, "fait");
});

test("where the browser cannot, nothing is shown", () => {
  const { element, leave } = page(html);
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: {} });
  mailtoRegistration(element, leave.signal);
  assert.equal(element.hidden, true);
});
