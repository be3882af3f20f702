import assert from "node:assert/strict";
import { test } from "node:test";
import { frameHeight } from "./frame-height.ts";
import { fire, page } from "./page.ts";

globalThis.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

function frame(width: number, inside: { width: number; height: number }): { element: HTMLElement; style: Record<string, string> } {
  const { element, leave } = page(`<iframe data-behaviour="frame-height"></iframe>`);
  const style: Record<string, string> = {};
  const body = { style, scrollWidth: inside.width, getBoundingClientRect: () => ({ height: inside.height }) };
  Object.defineProperties(element, {
    contentDocument: { value: { body, readyState: "loading" } },
    clientWidth: { value: width },
  });
  frameHeight(element, leave.signal);
  fire(element, "load");
  return { element, style };
}

test("as high as what it holds, and never too low to be seen", () => {
  assert.equal(frame(700, { width: 700, height: 1234.4 }).element.style.height, "1235px");
  assert.equal(frame(700, { width: 700, height: 3 }).element.style.height, "48px");
});

test("what is too wide is drawn smaller, to half its size; beyond that it scrolls sideways", () => {
  assert.equal(frame(600, { width: 800, height: 100 }).style["zoom"], "0.75");
  const wide = frame(300, { width: 1200, height: 100 });
  assert.equal(wide.style["zoom"], "0.5");
  assert.equal(wide.element.style.height, "118px");
});
