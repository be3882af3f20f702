import assert from "node:assert/strict";
import { test } from "node:test";
import { notificationSound } from "./notification-sound.ts";
import { fire, page } from "../kernel/testing-page.ts";

test("the button shows where a browser can be heard, and plays two notes", () => {
  const started: number[] = [];
  const node = { connect: () => node, start: (at: number) => void started.push(at), stop() {}, frequency: {}, gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} } };
  Object.assign(globalThis, { AudioContext: undefined });
  const deaf = page(`<button data-behaviour="notification-sound" hidden></button>`);
  notificationSound(deaf.element, deaf.leave.signal);
  assert.equal(deaf.element.hidden, true);
  class Sound {
    currentTime = 0;
    createOscillator = () => node;
    createGain = () => node;
  }
  Object.assign(globalThis, { AudioContext: Sound });
  const { element, leave } = page(`<button data-behaviour="notification-sound" hidden></button>`);
  notificationSound(element, leave.signal);
  assert.equal(element.hidden, false);
  fire(element, "click");
  assert.equal(started.length, 2);
});
