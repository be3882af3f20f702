import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { paced } from "./event-throttle.ts";

const QUIET = 600; // what the list waits for

function start() {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const seen = { told: 0, asked: 0 };
  let waits: ReturnType<typeof setTimeout> | undefined;
  const leave = new AbortController();
  const say = paced(() => {
    seen.told += 1;
    clearTimeout(waits);
    waits = setTimeout(() => (seen.asked += 1), QUIET);
  }, leave.signal);
  return { say, seen, leave };
}

test("an event is told at once, and a burst is asked about once", () => {
  const { say, seen } = start();
  say();
  assert.equal(seen.told, 1);
  for (let at = 0; at < 1_000; at += 200) (mock.timers.tick(200), say());
  mock.timers.tick(5_000);
  assert.deepEqual(seen, { told: 6, asked: 1 });
});

test("under steady events whoever waits for quiet has it every other second, and the last one is told", () => {
  const { say, seen } = start();
  for (let at = 0; at < 6_000; at += 100) (say(), mock.timers.tick(100));
  assert.ok(seen.asked >= 3 && seen.asked <= 4, `${seen.asked}`);
  mock.timers.tick(2_000);
  const { told, asked } = seen;
  say();
  assert.equal(seen.told, told + 1);
  mock.timers.tick(QUIET);
  assert.equal(seen.asked, asked + 1);
});

test("what is held back is told, unless the page is left", () => {
  for (const left of [false, true]) {
    const { say, seen, leave } = start();
    for (let at = 0; at <= 1_200; at += 300) (say(), mock.timers.tick(300));
    const { told } = seen;
    say(); // held
    assert.equal(seen.told, told);
    if (left) leave.abort();
    mock.timers.tick(2_000);
    assert.equal(seen.told, left ? told : told + 1);
  }
});
