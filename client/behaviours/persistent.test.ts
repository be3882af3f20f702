import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { fire, page } from "./page.ts";
import { persistent } from "./persistent.ts";

function start(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const made = page(`<section data-behaviour="persistent"></section>`);
  let asked = 0;
  made.element.addEventListener("outdated", () => asked++);
  persistent(made.element, made.leave.signal);
  const end = (ctx: object, sourceElement: Element = made.element) => fire(made.document, "htmx:finally:request", { detail: { ctx: { sourceElement, ...ctx } } });
  return { ...made, end, asked: () => asked };
}

test("what got no answer is asked for again, later and later", (t) => {
  const { end, asked } = start(t);
  end({ status: "issuing", response: { status: 502 } });
  t.mock.timers.tick(1_999);
  assert.equal(asked(), 0);
  t.mock.timers.tick(1);
  assert.equal(asked(), 1);
  end({ status: "error: TypeError: Failed to fetch" });
  t.mock.timers.tick(3_999);
  assert.equal(asked(), 1);
  t.mock.timers.tick(1);
  assert.equal(asked(), 2);
  for (let time = 0; time < 9; time++) end({ status: "error: TypeError: Failed to fetch" });
  t.mock.timers.tick(60_000);
  assert.equal(asked(), 3);
});

test("an answer ends it, whatever it is, and the next silence begins anew", (t) => {
  const { end, asked } = start(t);
  end({ status: "issuing", response: { status: 504 } });
  end({ status: "swapped", response: { status: 200 } });
  t.mock.timers.tick(60_000);
  end({ status: "swapped", response: { status: 503 } }); // a notice of its own
  t.mock.timers.tick(60_000);
  assert.equal(asked(), 0);
  end({ status: "error: TypeError: Failed to fetch" });
  t.mock.timers.tick(2_000);
  assert.equal(asked(), 1);
});

test("what was given up for something else, and what others asked, is not asked for again", (t) => {
  const { end, asked, document } = start(t);
  end({ status: "error: AbortError: signal is aborted without reason" });
  end({ status: "error: TypeError: Failed to fetch" }, document.body);
  t.mock.timers.tick(60_000);
  assert.equal(asked(), 0);
});

test("at once when the network is back, and no more once the part is gone", (t) => {
  const { end, asked, window, leave } = start(t);
  window.dispatchEvent(new window.Event("online"));
  assert.equal(asked(), 0);
  end({ status: "error: TypeError: Failed to fetch" });
  window.dispatchEvent(new window.Event("online"));
  assert.equal(asked(), 1);
  t.mock.timers.tick(60_000);
  assert.equal(asked(), 1);
  end({ status: "error: TypeError: Failed to fetch" });
  leave.abort();
  t.mock.timers.tick(60_000);
  assert.equal(asked(), 1);
});
