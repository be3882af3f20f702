import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { aloud } from "./live-region.ts";
import { page } from "./testing-page.ts";

test("the last of what is said at once is said, once the page is at rest, and goes by itself", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { element, leave } = page('<div data-behaviour="x"></div>');
  const say = aloud(element, leave.signal);
  say("one");
  say("two");
  assert.equal(element.textContent, "");
  mock.timers.tick(400);
  assert.equal(element.textContent, "two");
  mock.timers.tick(10_000);
  assert.equal(element.textContent, "");
  say("three");
  mock.timers.tick(400);
  say("three");
  assert.equal(element.textContent, "", "the same words again are a change");
  leave.abort();
  mock.timers.tick(400);
  assert.equal(element.textContent, "");
  mock.timers.reset();
});
