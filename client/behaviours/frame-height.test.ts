import assert from "node:assert/strict";
import { test } from "node:test";
import { frameHeight } from "./frame-height.ts";
import { fire, page } from "./page.ts";

function start(wide: number, high: number) {
  const { element, leave } = page(`<iframe data-behaviour="frame-height"></iframe>`);
  let observed = 0;
  class Observer {
    observe(): void {
      observed += 1;
    }
    disconnect(): void {}
  }
  const style = { zoom: "1" };
  const body = {
    style,
    scrollWidth: wide,
    getBoundingClientRect: () => ({ height: high * Number(style.zoom) }),
  };
  Object.assign(globalThis, { ResizeObserver: Observer });
  Object.defineProperties(element, {
    contentDocument: { value: { body, readyState: "loading" } },
    clientWidth: { value: 300 },
  });
  frameHeight(element, leave.signal);
  fire(element, "load");
  return { element, style, observed };
}

test("the frame is as high as what it holds", () => {
  const { element, style } = start(300, 812.2);
  assert.equal(element.style.height, "813px");
  assert.equal(style.zoom, "1");
});

test("a wide letter is drawn smaller, never below half", () => {
  assert.equal(start(400, 1000).style.zoom, "0.75");
  assert.equal(start(400, 1000).element.style.height, "750px");
  const { element, style } = start(3000, 1000);
  assert.equal(style.zoom, "0.5");
  assert.equal(element.style.height, "518px");
});
