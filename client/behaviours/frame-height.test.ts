import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { frameHeight } from "./frame-height.ts";
import { fire, page } from "./page.ts";

/** `wide`: what the letter needs at least, in the pixels of its own layout. */
function start(wide: number, high: number, size = "16px") {
  const { element, window, document, leave } = page(`<iframe data-behaviour="frame-height"></iframe>`);
  const inside = parseHTML(`<html><body><details>cited</details><details open>read</details></body></html>`).document;
  let notice = (): void => {};
  class Observer {
    observe(): void {}
    disconnect(): void {}
  }
  class Watcher extends Observer {
    constructor(callback: () => void) {
      super();
      notice = callback;
    }
  }
  Object.assign(globalThis, { ResizeObserver: Observer, MutationObserver: Watcher });
  Object.defineProperty(window, "getComputedStyle", { value: () => ({ fontSize: size }), configurable: true });
  const style = { zoom: "1" };
  Object.defineProperties(inside.body, {
    style: { value: style },
    scrollWidth: { get: () => Math.max(wide, 300 / Number(style.zoom)) },
    getBoundingClientRect: { value: () => ({ height: high * Number(style.zoom) }) },
  });
  Object.defineProperties(element, { contentDocument: { value: inside }, clientWidth: { value: 300 } });
  document.documentElement.dataset.theme = "dark";
  frameHeight(element, leave.signal);
  fire(element, "load");
  return { element, style, inside, window, document, notice: () => notice() };
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

test("the text is as large as the page's, unless the letter would not fit", () => {
  assert.equal(start(0, 100, "20px").style.zoom, "1.25");
  assert.equal(start(300, 100, "20px").style.zoom, "1");
  assert.equal(start(0, 100, "").style.zoom, "1");
});

test("it has the theme of the page, also when that is changed", () => {
  const { inside, document, notice } = start(300, 100);
  assert.equal(inside.documentElement.dataset.theme, "dark");
  document.documentElement.dataset.theme = "light";
  notice();
  assert.equal(inside.documentElement.dataset.theme, "light");
});

test("on paper everything is unfolded, and on screen what was folded is again", () => {
  const { inside, window } = start(300, 100);
  const [cited, read] = inside.querySelectorAll("details") as unknown as HTMLDetailsElement[];
  window.dispatchEvent(new window.Event("beforeprint"));
  assert.equal(cited?.open, true);
  window.dispatchEvent(new window.Event("afterprint"));
  assert.equal(cited?.open, false);
  assert.equal(read?.hasAttribute("open"), true);
});
