import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { toast } from "./toast.ts";

const TOAST = `<div data-behaviour="toast" data-seconds="10"></div>`;

test("it leaves when its time is over", () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { element, leave } = page(TOAST);
  toast(element, leave.signal);
  mock.timers.tick(9999);
  assert.equal(element.isConnected, true);
  mock.timers.tick(1);
  assert.equal(element.isConnected, false);
  mock.timers.reset();
});

test("it waits for the one who points at it, then keeps what was left of its time", () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { element, leave } = page(TOAST);
  toast(element, leave.signal);
  mock.timers.tick(6000);
  fire(element, "mouseenter");
  mock.timers.tick(60_000);
  assert.equal(element.isConnected, true);
  fire(element, "mouseleave");
  mock.timers.tick(3999);
  assert.equal(element.isConnected, true);
  mock.timers.tick(1);
  assert.equal(element.isConnected, false);
  mock.timers.reset();
});

test("pointed at and read at once it waits for both, and its time is counted once", () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { element, leave } = page(TOAST);
  toast(element, leave.signal);
  mock.timers.tick(4000);
  fire(element, "mouseenter");
  mock.timers.tick(4000);
  fire(element, "focusin");
  fire(element, "mouseleave");
  mock.timers.tick(60_000);
  assert.equal(element.isConnected, true);
  fire(element, "focusout");
  mock.timers.tick(5999);
  assert.equal(element.isConnected, true);
  mock.timers.tick(1);
  assert.equal(element.isConnected, false);
  mock.timers.reset();
});

test("the time of an act that goes on by itself does not stop", () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { element, leave } = page(`<div data-behaviour="toast" data-seconds="10" data-runs></div>`);
  toast(element, leave.signal);
  fire(element, "mouseenter");
  mock.timers.tick(10_000);
  assert.equal(element.isConnected, false);
  mock.timers.reset();
});
