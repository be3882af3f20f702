import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { visibleSubmit } from "./visible-submit.ts";
import { fire, page } from "./testing-page.ts";

function start() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const here = page(`<form data-behaviour="visible-submit" data-seconds="5"></form>`);
  const sent = { times: 0 };
  Object.assign(here.element, { requestSubmit: () => (sent.times += 1) });
  const see = (state: string): void => Object.defineProperty(here.document, "visibilityState", { value: state, configurable: true }) && void fire(here.document, "visibilitychange");
  visibleSubmit(here.element, here.leave.signal);
  return { ...here, sent, see, wait: (ms: number) => mock.timers.tick(ms), end: () => mock.timers.reset() };
}

test("sent once, after so long in sight", () => {
  const { sent, see, wait, end } = start();
  wait(4_999);
  assert.equal(sent.times, 0);
  wait(1);
  assert.equal(sent.times, 1);
  see("visible");
  wait(60_000);
  assert.equal(sent.times, 1);
  end();
});

test("time behind another window does not count, and begins anew", () => {
  const { sent, see, wait, end } = start();
  wait(3_000);
  see("hidden");
  wait(60_000);
  assert.equal(sent.times, 0);
  see("visible");
  wait(4_999);
  assert.equal(sent.times, 0);
  wait(1);
  assert.equal(sent.times, 1);
  end();
});

test("what has left the page sends nothing", () => {
  const { sent, leave, wait, end } = start();
  leave.abort();
  wait(60_000);
  assert.equal(sent.times, 0);
  end();
});
