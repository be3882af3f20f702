import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { page } from "./testing-page.ts";
import { missedEvent } from "./missed-event.ts";

function start() {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const { document, window, element, leave } = page(`<div data-behaviour="missed-event" data-say="courrier"></div>`);
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  const list = document.createElement("section");
  list.dataset["list"] = "/reception/";
  document.body.append(list);
  let said = 0;
  document.body.addEventListener("courrier", () => (said += 1));
  missedEvent(element, leave.signal);
  const shows = (address: string) => {
    list.dataset["list"] = address;
    document.dispatchEvent(new window.CustomEvent("htmx:after:swap"));
  };
  return { shows, tells: () => document.body.dispatchEvent(new window.CustomEvent("courrier")), said: () => said, leave };
}

test("a list opened while the first one waits is told as well, once", () => {
  const { shows, tells, said } = start();
  tells();
  shows("/archives/");
  shows("/envoyes/");
  assert.equal(said(), 2);
});

test("the same list, answered, asks no second time", () => {
  const { shows, tells, said } = start();
  tells();
  shows("/reception/");
  assert.equal(said(), 1);
});

test("long after, or when nothing was told, another list is only shown", () => {
  const { shows, tells, said } = start();
  shows("/archives/");
  tells();
  mock.timers.tick(2_000);
  shows("/reception/");
  assert.equal(said(), 1);
});

test("a page that is left tells nothing", () => {
  const { shows, tells, said, leave } = start();
  tells();
  leave.abort();
  shows("/archives/");
  assert.equal(said(), 1);
});
