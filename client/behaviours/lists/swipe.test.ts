import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { swipe } from "./swipe.ts";

function start() {
  const { element, leave } = page(`<div data-behaviour="swipe"><ol><li data-value="7" data-unread></li></ol>
    <button data-swipe="left" title="Archiver"></button><button data-swipe="right" data-if="unread" title="Lu"></button>
    <button data-swipe="right" data-if="!unread" title="Non lu"></button></div>`);
  const row = element.querySelector<HTMLElement>("li")!;
  Object.defineProperty(row, "offsetWidth", { value: 300 });
  const pressed: string[] = [];
  for (const button of element.querySelectorAll("button")) button.click = () => void pressed.push(`${button.title} ${button.value}`);
  swipe(element, leave.signal);
  const finger = (name: string, x: number, y = 0, pointerType = "touch") =>
    fire(row, name, { clientX: x, clientY: y, pointerId: 1, pointerType });
  return { row, pressed, finger };
}

test("far to the left presses the left button, with the value of the row", () => {
  const { row, pressed, finger } = start();
  finger("pointerdown", 200);
  finger("pointermove", 180);
  assert.equal(row.dataset["said"], "Archiver");
  finger("pointermove", 60);
  assert.equal(row.dataset["swiping"], "left far");
  finger("pointerup", 60);
  assert.deepEqual(pressed, ["Archiver 7"]);
  assert.ok(!row.hasAttribute("data-swiping"));
});

test("to the right, the button that fits the row", () => {
  const { row, pressed, finger } = start();
  for (let turn = 0; turn < 2; turn++) {
    finger("pointerdown", 0);
    finger("pointermove", 20);
    finger("pointermove", 200);
    finger("pointerup", 200);
    row.removeAttribute("data-unread");
  }
  assert.deepEqual(pressed, ["Lu 7", "Non lu 7"]);
});

test("back again, a scroll, a mouse, or a finger that is taken away: nothing", () => {
  const { pressed, finger } = start();
  finger("pointerdown", 200);
  finger("pointermove", 60);
  finger("pointermove", 190);
  finger("pointerup", 190);
  finger("pointerdown", 200);
  finger("pointermove", 190, 80);
  finger("pointerup", 190, 80);
  finger("pointerdown", 200, 0, "mouse");
  finger("pointermove", 20, 0, "mouse");
  finger("pointerup", 20, 0, "mouse");
  finger("pointerdown", 200);
  finger("pointermove", 20);
  finger("pointercancel", 20);
  finger("pointerup", 20);
  assert.deepEqual(pressed, []);
});
