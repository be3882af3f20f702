import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { thumbnail } from "./thumbnail.ts";

function start(width: number) {
  const made = page(`<img src="/m/?piece=2" data-behaviour="thumbnail">`);
  const image = made.element as HTMLImageElement;
  let wide = width;
  Object.defineProperty(image, "naturalWidth", { get: () => wide });
  Object.defineProperty(image, "complete", { value: true });
  thumbnail(image, made.leave.signal);
  return { ...made, image, comes: (points: number) => { wide = points; fire(image, "load"); } };
}

test("what was not ready is asked for again, less and less often, until it comes", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { image, comes } = start(2);
  mock.timers.tick(1000);
  assert.match(image.src, /piece=2&fois=1$/);
  comes(2);
  mock.timers.tick(1000);
  assert.match(image.src, /fois=1$/);
  mock.timers.tick(1000);
  assert.match(image.src, /fois=2$/);
  comes(360);
  mock.timers.tick(60_000);
  assert.match(image.src, /fois=2$/);
  mock.timers.reset();
});

test("it is given up in the end, and when it leaves; what cannot be drawn is not asked for", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const slow = start(2);
  for (let times = 0; times < 20; times += 1) {
    mock.timers.tick(60_000);
    slow.comes(2);
  }
  assert.match(slow.image.src, /fois=8$/);
  const gone = start(2);
  gone.leave.abort();
  const never = start(1);
  mock.timers.tick(60_000);
  for (const { image } of [gone, never]) assert.match(image.src, /piece=2$/);
  mock.timers.reset();
});
