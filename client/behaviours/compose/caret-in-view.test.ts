import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../kernel/testing-page.ts";
import { caretInView } from "./caret-in-view.ts";

const box = (top: number, height: number) => ({ value: () => ({ top, height, bottom: top + height }), configurable: true });

/** A sheet 300 high that scrolls, in which one writes; `lines`: how high the words are up to the caret. */
function start(lines: number, focused = true) {
  let tell = (): void => {};
  const seen = { left: false };
  class Observer {
    constructor(callback: () => void) {
      tell = callback;
    }
    observe(): void {}
    disconnect(): void {
      seen.left = true;
    }
  }
  Object.assign(globalThis, { ResizeObserver: Observer });
  const { document, element, leave } = page(`<div data-behaviour="caret-in-view"><textarea class="composer-body">Bonjour.</textarea></div>`);
  const area = document.querySelector("textarea")!;
  Object.defineProperty(document, "activeElement", { value: focused ? area : document.body, configurable: true });
  Object.defineProperty(element, "getBoundingClientRect", box(50, 300));
  Object.defineProperty(area, "getBoundingClientRect", box(50, 600));
  const make = document.createElement.bind(document);
  Object.defineProperty(document, "createElement", { value: (name: string) => Object.defineProperty(make(name), "getBoundingClientRect", box(0, lines)), configurable: true });
  area.scrollTop = element.scrollTop = 0;
  caretInView(element, leave.signal);
  return { element, leave, seen, resize: () => tell() };
}

test("the line on which one writes comes back in sight, and nothing is left of what measured it", () => {
  const { element, resize } = start(400);
  resize();
  assert.equal(element.scrollTop, 50 + 400 + 12 - 350);
  assert.equal(element.children.length, 1);
});

test("one that is in sight stays where it is, and so does a sheet in which nobody writes", () => {
  for (const { element, resize } of [start(200), start(400, false)]) {
    resize();
    assert.equal(element.scrollTop, 0);
  }
});

test("it ends with its sheet", () => {
  const { leave, seen } = start(0);
  leave.abort();
  assert.equal(seen.left, true);
});
