import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { aloud, spoken } from "./live-region.ts";
import { page } from "./testing-page.ts";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function start() {
  const { document, element, leave } = page('<p data-behaviour="x"></p><i></i>');
  const region = document.getElementById("parole")!;
  return { document, element, leave, region, other: document.querySelector("i")! };
}

test("the last of what one says is said, once the page is at rest, and goes by itself", () => {
  const { element, region } = start();
  const say = aloud(element);
  say("one");
  say("two");
  assert.equal(region.textContent, "");
  mock.timers.tick(400);
  assert.equal(region.textContent, "two");
  mock.timers.tick(10_000);
  assert.equal(region.textContent, "");
  say("three");
  mock.timers.tick(400);
  say("three");
  assert.equal(region.textContent, "", "the same words again are a change");
});

test("what two say at once is said together, and what was taken back is not", () => {
  const { element, other, region } = start();
  aloud(element)("Archived");
  aloud(other)("Opened: Quote");
  mock.timers.tick(400);
  assert.equal(region.textContent, "Archived. Opened: Quote");
  aloud(element)("2 proposals");
  aloud(element)("");
  mock.timers.tick(400);
  assert.equal(region.textContent, "");
});

test("what comes to stand in an element is said, and what stood there is not", async () => {
  const { element, leave, region } = start();
  element.innerHTML = "<b>There before</b>";
  spoken(element, leave.signal);
  element.innerHTML = "<b>Message\n  archived</b> <button>Undo</button>";
  await Promise.resolve();
  mock.timers.tick(400);
  assert.equal(region.textContent, "Message archived Undo");
});

test("what is hidden in it is not said; with data-at-once what it came with is", () => {
  const { element, leave, region } = start();
  element.innerHTML = "<b>Not sent: no recipient</b> <b hidden>On its way</b>";
  element.setAttribute("data-at-once", "");
  spoken(element, leave.signal);
  mock.timers.tick(400);
  assert.equal(region.textContent, "Not sent: no recipient");
});

test("with data-once another number alone is no news", async () => {
  const { element, leave, region } = start();
  element.setAttribute("data-once", "");
  spoken(element, leave.signal);
  const said: string[] = [];
  for (const words of ["Draft saved at 8:05", "Draft saved at 8:06", "Draft kept at 8:07"]) {
    element.textContent = words;
    await Promise.resolve();
    mock.timers.tick(400);
    said.push(region.textContent!);
    region.textContent = "";
  }
  assert.deepEqual(said, ["Draft saved at 8:05", "", "Draft kept at 8:07"]);
});
