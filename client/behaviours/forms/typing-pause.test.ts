import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { typingPause } from "./typing-pause.ts";

const html = `<form data-behaviour="typing-pause" data-pause="1000"><input name="a"><input type="file" name="f"></form>`;

test("one pause after the last key, none after sending", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { element, window, leave } = page(html);
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  let pauses = 0;
  element.addEventListener("pause", () => (pauses += 1));
  typingPause(element, leave.signal);
  const input = element.querySelector("input")!;
  fire(input, "input");
  mock.timers.tick(900);
  fire(input, "input");
  mock.timers.tick(900);
  assert.equal(pauses, 0);
  mock.timers.tick(100);
  assert.equal(pauses, 1);
  fire(input, "input");
  fire(element, "submit");
  fire(element.querySelector("[type=file]")!, "input");
  mock.timers.tick(5000);
  assert.equal(pauses, 1);
  fire(element, "hurry"); // nothing is waiting
  assert.equal(pauses, 1);
  fire(input, "input");
  fire(element, "hurry");
  assert.equal(pauses, 2);
  mock.timers.tick(5000);
  assert.equal(pauses, 2);
  mock.timers.reset();
});
