import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "./page.ts";
import { pause } from "./pause.ts";

function form(): { element: HTMLElement; text: HTMLElement; file: HTMLElement; said: () => number } {
  const { element, document, leave } = page(
    `<form data-behaviour="pause" data-pause="1500"><input id="t"><input id="f" type="file"></form>`,
  );
  let said = 0;
  element.addEventListener("pause", () => said++);
  globalThis.CustomEvent = document.defaultView!.CustomEvent;
  pause(element, leave.signal);
  return { element, text: document.getElementById("t")!, file: document.getElementById("f")!, said: () => said };
}

test("once, when one has stopped typing", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { text, said } = form();
  fire(text, "input");
  mock.timers.tick(1000);
  fire(text, "input");
  mock.timers.tick(1499);
  assert.equal(said(), 0);
  mock.timers.tick(1);
  assert.equal(said(), 1);
  mock.timers.reset();
});

test("not after a sending, and not for files, which travel by themselves", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { element, text, file, said } = form();
  fire(text, "input");
  fire(element, "submit");
  fire(file, "input");
  mock.timers.tick(10_000);
  assert.equal(said(), 0);
  mock.timers.reset();
});
