import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { fire, page } from "./testing-page.ts";
import { retry } from "./retry.ts";

const LOST = { status: "error: TypeError: Failed to fetch" };

function start(t: TestContext, chance = 0.5) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(Math, "random", () => chance);
  const made = page(`<section data-behaviour="retry"></section>`);
  let asked = 0;
  made.element.addEventListener("outdated", () => asked++);
  retry(made.element, made.leave.signal);
  const end = (ctx: object, sourceElement: Element = made.element) => fire(made.document, "htmx:finally:request", { detail: { ctx: { sourceElement, ...ctx } } });
  const look = (visibilityState: string): void => {
    Object.defineProperty(made.document, "visibilityState", { value: visibilityState, configurable: true });
    fire(made.document, "visibilitychange");
  };
  return { ...made, end, look, asked: () => asked };
}

test("what got no answer is asked for again, later and later", (t) => {
  const { end, asked } = start(t);
  end({ status: "issuing", response: { status: 502 } });
  t.mock.timers.tick(1_999);
  assert.equal(asked(), 0);
  t.mock.timers.tick(1);
  assert.equal(asked(), 1);
  end(LOST);
  t.mock.timers.tick(3_999);
  assert.equal(asked(), 1);
  t.mock.timers.tick(1);
  assert.equal(asked(), 2);
  for (let time = 0; time < 12; time++) end(LOST);
  t.mock.timers.tick(239_999);
  assert.equal(asked(), 2);
  t.mock.timers.tick(1);
  assert.equal(asked(), 3);
});

test("not with all others", (t) => {
  const { end, asked } = start(t, 0);
  end(LOST);
  t.mock.timers.tick(1_000);
  assert.equal(asked(), 1);
});

test("an answer ends it, whatever it is, and the next silence begins anew", (t) => {
  const { end, look, asked } = start(t);
  end({ status: "issuing", response: { status: 504 } });
  end({ status: "swapped", response: { status: 200 } });
  look("visible");
  t.mock.timers.tick(300_000);
  end({ status: "swapped", response: { status: 503 } }); // a notice of its own
  t.mock.timers.tick(300_000);
  assert.equal(asked(), 0);
  end(LOST);
  t.mock.timers.tick(2_000);
  assert.equal(asked(), 1);
});

test("what was given up for something else, and what others asked, is not asked for again", (t) => {
  const { end, asked, document } = start(t);
  end({ status: "error: AbortError: signal is aborted without reason" });
  end(LOST, document.body);
  t.mock.timers.tick(300_000);
  assert.equal(asked(), 0);
});

test("where nobody looks it waits until somebody does", (t) => {
  const { end, look, asked } = start(t);
  look("hidden");
  end(LOST);
  t.mock.timers.tick(300_000);
  assert.equal(asked(), 0);
  look("visible");
  t.mock.timers.tick(1);
  assert.equal(asked(), 1);
});

test("soon when the network is back, and no more once the part is gone", (t) => {
  const { end, asked, window, leave } = start(t);
  window.dispatchEvent(new window.Event("online"));
  t.mock.timers.tick(300_000);
  assert.equal(asked(), 0);
  for (let time = 0; time < 8; time++) end(LOST);
  window.dispatchEvent(new window.Event("online"));
  t.mock.timers.tick(5_000);
  assert.equal(asked(), 1);
  end(LOST);
  leave.abort();
  t.mock.timers.tick(300_000);
  assert.equal(asked(), 1);
});
