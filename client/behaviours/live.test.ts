import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { live } from "./live.ts";
import { page } from "./page.ts";

class Stream extends EventTarget {
  static CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 1;
  url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Stream.opened.push(this);
  }
  close(): void {
    this.readyState = 2;
  }
}

function start() {
  mock.timers.enable({ apis: ["setTimeout"] });
  Stream.opened = [];
  const { document, window, element, leave } = page(
    `<div data-behaviour="live" data-stream="/flux/" data-event="mail" data-say="courrier"></div>`,
  );
  Object.assign(globalThis, { EventSource: Stream, CustomEvent: window.CustomEvent });
  let said = 0;
  document.body.addEventListener("courrier", () => (said += 1));
  live(element, leave.signal);
  return { leave, said: () => said };
}

test("each event of the server becomes one of the page", () => {
  const { said } = start();
  Stream.opened[0]!.dispatchEvent(new Event("mail"));
  assert.equal(said(), 1);
  mock.timers.reset();
});

test("a stream closed for good is opened again once the list was asked for", () => {
  const { said } = start();
  Stream.opened[0]!.readyState = Stream.CLOSED;
  Stream.opened[0]!.dispatchEvent(new Event("error"));
  mock.timers.tick(15_000);
  assert.equal(said(), 1);
  mock.timers.tick(2000);
  assert.equal(Stream.opened[1]!.url, "/flux/");
  mock.timers.reset();
});

test("a stream that only hesitates is left to the browser; one that left is closed", () => {
  const { leave } = start();
  Stream.opened[0]!.dispatchEvent(new Event("error"));
  mock.timers.tick(60_000);
  assert.equal(Stream.opened.length, 1);
  leave.abort();
  assert.equal(Stream.opened[0]!.readyState, Stream.CLOSED);
  mock.timers.reset();
});
