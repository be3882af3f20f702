import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { live } from "./live.ts";
import { page } from "./page.ts";

class Stream extends EventTarget {
  static CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 1;
  readonly address: string;
  constructor(address: string) {
    super();
    this.address = address;
    Stream.opened.push(this);
  }
  close(): void {
    this.readyState = Stream.CLOSED;
  }
}

beforeEach(() => {
  Stream.opened = [];
  globalThis.EventSource = Stream as unknown as typeof EventSource;
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

function shown(): { element: HTMLElement; said: () => number; leave: AbortController } {
  const { element, document, leave } = page(`<p data-behaviour="live" data-stream="/s/1" data-event="mail" data-say="post"></p>`);
  globalThis.CustomEvent = document.defaultView!.CustomEvent;
  let said = 0;
  document.body.addEventListener("post", () => said++);
  live(element, leave.signal);
  return { element, said: () => said, leave };
}

test("an event of the server becomes the event of the page", () => {
  const { said } = shown();
  Stream.opened[0]!.dispatchEvent(new globalThis.Event("mail"));
  assert.equal(said(), 1);
});

test("a stream that is closed for good is opened again, with the address that the page bears by then", () => {
  const { element, said } = shown();
  element.dataset["stream"] = "/s/2";
  Stream.opened[0]!.close();
  Stream.opened[0]!.dispatchEvent(new globalThis.Event("error"));
  mock.timers.tick(15_000);
  assert.equal(said(), 1, "the page is asked for a fresh address first");
  mock.timers.tick(2000);
  assert.equal(Stream.opened[1]?.address, "/s/2");
});

test("a stream that the browser opens again by itself is left alone; one that is left is closed", () => {
  const { leave } = shown();
  Stream.opened[0]!.dispatchEvent(new globalThis.Event("error"));
  mock.timers.tick(600_000);
  assert.equal(Stream.opened.length, 1);
  leave.abort();
  assert.equal(Stream.opened[0]!.readyState, Stream.CLOSED);
});
