import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { frameHeight } from "./frame-height.ts";
import { fire, page } from "../kernel/testing-page.ts";

/** Runs what waits for the next frame. */
type Frames = { turn(): void };

/** `wide`: what the letter needs at least, in the pixels of its own layout. */
function start(wide: number, high: number, size = "16px", loads = true) {
  const { element, window, document, leave } = page(`<iframe data-behaviour="frame-height"></iframe>`);
  const inside = parseHTML(`<html><body><details>cited</details><details open>read</details></body></html>`).document;
  const notices: ((changes?: object[]) => void)[] = [];
  let waiting: (() => void)[] = [];
  class Observer {
    observe(): void {}
    disconnect(): void {}
  }
  class Watcher extends Observer {
    constructor(callback: (changes?: object[]) => void) {
      super();
      notices.push(callback);
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
  Object.defineProperties(element, { contentDocument: { value: inside, configurable: true }, clientWidth: { value: 300 } });
  document.documentElement.dataset.theme = "dark";
  Object.defineProperty(window, "requestAnimationFrame", { value: (act: () => void) => waiting.push(act), configurable: true });
  Object.defineProperty(window, "cancelAnimationFrame", { value: () => void (waiting = []), configurable: true });
  Object.defineProperty(element, "src", { value: "https://x.example/corps/", configurable: true });
  const frames: Frames = { turn: () => waiting.splice(0).forEach((act) => act()) };
  const measured = { times: 0 };
  element.addEventListener("measured", () => void (measured.times += 1));
  frameHeight(element, leave.signal);
  if (loads) fire(element, "load");
  return { element, style, inside, window, document, frames, measured, waits: () => waiting.length, notice: (which = 0, ...changes: string[]) => notices[which]!(changes.map((attributeName) => ({ attributeName }))) };
}

test("the frame is as high as what it holds", () => {
  const { element, style } = start(300, 812.2);
  assert.equal(element.style.height, "813px");
  assert.equal(style.zoom, "1");
});

test("what appears above it moves it while it is hidden: it is shown one frame later", () => {
  const { element, frames } = start(300, 812.2, "16px", false);
  element.addEventListener("measured", (event) => event.preventDefault());
  fire(element, "load");
  assert.equal(element.style.height, "");
  frames.turn();
  assert.equal(element.style.height, "813px");
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

test("it is measured as soon as its text is there, before its pictures, and never by what it held before", () => {
  const { element, inside, frames, measured } = start(300, 812.2, "16px", false);
  const place = { href: "about:blank" };
  Object.defineProperty(inside, "location", { value: place });
  Object.defineProperty(inside, "readyState", { value: "interactive" });
  frames.turn();
  assert.deepEqual([element.style.height, measured.times], ["", 0]);
  place.href = "https://x.example/corps/";
  frames.turn();
  assert.deepEqual([element.style.height, measured.times], ["813px", 1]);
});

test("what never came hides nothing", () => {
  const { element } = start(300, 100, "16px", false);
  Object.defineProperty(element, "contentDocument", { value: null });
  fire(element, "load");
  assert.equal(element.style.height, "32rem");
});

test("with another address it is measured again; what arrived is not waited for any longer", () => {
  const { element, inside, frames, measured, notice, waits } = start(300, 100);
  assert.deepEqual([waits(), measured.times], [0, 1]);
  element.style.height = "";
  Object.defineProperty(inside, "location", { value: { href: "about:blank" } });
  Object.defineProperty(element, "style", { value: {}, configurable: true });
  notice(1, "src", "style");
  frames.turn();
  assert.equal(waits(), 1);
  fire(element, "load");
  assert.deepEqual([element.style.height, measured.times, waits()], ["100px", 2, 0]);
});

test("a morph that leaves it its text and takes its height away gives it back at once, as if nothing had been", () => {
  const { element, measured, notice, waits } = start(300, 100);
  element.style.height = "";
  notice(1, "style");
  assert.deepEqual([element.style.height, measured.times, waits()], ["100px", 1, 0]);
});

test("dressed a second time, as a frame that began beside its page is, it goes on watching its text", () => {
  const { element, inside, window, notice } = start(300, 100, "16px", false);
  Object.defineProperty(inside, "location", { value: { href: "https://x.example/corps/" } });
  Object.defineProperty(inside, "readyState", { value: "complete" });
  element.style.height = "100px"; // by the first
  frameHeight(element, new window.AbortController().signal);
  element.style.height = "";
  notice(3, "style");
  assert.equal(element.style.height, "100px");
});
