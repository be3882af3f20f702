import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { longPress } from "./long-press.ts";

function start() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { element, leave } = page(`<div data-behaviour="long-press"><ol><li data-value="7"><input type="checkbox" name="choix"><a href="/7/"></a></li></ol></div>`);
  const [box, link] = [element.querySelector("input")!, element.querySelector("a")!];
  let ticks = 0;
  box.click = () => void (ticks += 1);
  longPress(element, leave.signal);
  const finger = (name: string, x = 0, more = {}) => fire(link, name, { clientX: x, clientY: 0, isPrimary: true, pointerType: "touch", ...more });
  return { link, finger, leave, ticks: () => ticks };
}

test("a finger that rests ticks the box, and neither opens the message nor the browser's menu", () => {
  const { link, finger, ticks } = start();
  finger("pointerdown");
  finger("pointermove", 4);
  mock.timers.tick(449);
  assert.equal(ticks(), 0);
  mock.timers.tick(1);
  assert.equal(ticks(), 1);
  finger("pointerup");
  for (const name of ["contextmenu", "click"]) assert.equal(fire(link, name, { isTrusted: true }).defaultPrevented, true, name);
  finger("pointerdown");
  finger("pointerup");
  assert.equal(fire(link, "click", { isTrusted: true }).defaultPrevented, false); // a press is a press
  mock.timers.reset();
});

test("a scroll, a swipe, a finger lifted early, a mouse, or a list that is gone: nothing", () => {
  const { link, finger, leave, ticks } = start();
  for (const end of [["pointermove", 20], ["pointerup", 0], ["pointercancel", 0], ["scroll", 0]] as [string, number][]) {
    finger("pointerdown");
    finger(end[0], end[1]);
    mock.timers.tick(1000);
  }
  finger("pointerdown", 0, { pointerType: "mouse" });
  mock.timers.tick(1000);
  assert.equal(fire(link, "contextmenu").defaultPrevented, false);
  finger("pointerdown");
  leave.abort();
  mock.timers.tick(1000);
  assert.equal(ticks(), 0);
  mock.timers.reset();
});
