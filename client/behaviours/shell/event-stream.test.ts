import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { eventStream } from "./event-stream.ts";
import { fire, page } from "../kernel/testing-page.ts";

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
  says(name: string, lastEventId = ""): void {
    this.dispatchEvent(Object.assign(new Event(name), { lastEventId }));
  }
  refused(): void {
    this.readyState = Stream.CLOSED;
    this.says("error");
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await Promise.resolve();
};

const LIST = `data-since="1000"`;

function start(since = LIST) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  mock.method(Math, "random", () => 0.5);
  Stream.opened = [];
  const asked: { url: string; headers: Record<string, string> }[] = [];
  const answer = { status: 204 };
  const { document, window, element, leave } = page(
    `<div data-behaviour="event-stream" data-stream="/flux/?depuis=" ${since} data-renew="/billet/" data-whose="moi" data-event="mail" data-say="courrier"></div>`,
  );
  const fetch = async (url: string, { headers }: { headers: Record<string, string> }) => (asked.push({ url, headers }), answer);
  Object.assign(globalThis, { EventSource: Stream, CustomEvent: window.CustomEvent, fetch });
  let said = 0;
  document.body.addEventListener("courrier", () => (said += 1));
  eventStream(element, leave.signal);
  Stream.opened[0]?.says("open");
  return { document, window, element, leave, said: () => said, asked, answer };
}

test("each event of the server becomes one of the page", () => {
  const { said } = start();
  Stream.opened[0]!.says("mail");
  assert.equal(said(), 1);
});

test("of a shared mailbox that is not shown it says that its number changed, and nothing of the list", () => {
  const { document, said } = start();
  let numbers = 0;
  document.body.addEventListener("boites", () => (numbers += 1));
  Stream.opened[0]!.says("box");
  assert.deepEqual([numbers, said()], [1, 0]);
});

test("of the shared mailbox that is shown it says who answers there, and nothing of the list", () => {
  const { document, said } = start();
  let answering = 0;
  document.body.addEventListener("answering", () => (answering += 1));
  Stream.opened[0]!.says("answering", "1500");
  assert.deepEqual([answering, said()], [1, 0]);
  Stream.opened[0]!.says("error"); // what it would have heard meanwhile
  Stream.opened[0]!.says("open");
  Stream.opened[0]!.says("open");
  assert.deepEqual([answering, said()], [2, 0]);
});

test("it says up to when the page knows: what it was drawn with, then the last event", async () => {
  const { element } = start();
  assert.equal(Stream.opened[0]!.url, "/flux/?depuis=1000");
  Stream.opened[0]!.says("mail", "1500");
  Stream.opened[0]!.says("renew", "1600");
  await settled();
  assert.equal(Stream.opened[1]!.url, "/flux/?depuis=1600");
  element.dataset["since"] = "1700"; // the list was drawn again
  Stream.opened[1]!.says("renew", "1650");
  await settled();
  assert.equal(Stream.opened[2]!.url, "/flux/?depuis=1700");
});

test("told to renew, it listens to the next stream before it leaves this one", async () => {
  const { said, asked } = start();
  const [first] = Stream.opened;
  first!.says("renew");
  await settled();
  assert.deepEqual(asked, [{ url: "/billet/", headers: { "X-Background-Refresh": "1", "X-Whose": "moi" } }]);
  assert.equal(first!.readyState, 1);
  Stream.opened[1]!.says("open");
  assert.equal(first!.readyState, Stream.CLOSED);
  assert.equal(said(), 0); // nothing was missed, nothing is asked
  Stream.opened[1]!.says("mail");
  assert.equal(said(), 1);
});

test("a stream that only hesitates is left to the browser", () => {
  start();
  Stream.opened[0]!.says("error");
  mock.timers.tick(60_000);
  assert.equal(Stream.opened.length, 1);
});

test("a stream that is refused is opened again with a new ticket, and the list is asked for meanwhile", async () => {
  const { said, asked } = start();
  Stream.opened[0]!.refused();
  mock.timers.tick(5_000);
  await settled();
  assert.equal(asked.length, 1);
  assert.equal(said(), 1); // it may be long before the stream is there
  Stream.opened[1]!.says("open");
  assert.equal(said(), 1); // the server knows what came in between
});

test("as long as the server refuses, it tries later and later, and asks for the list each time", async () => {
  const { said } = start();
  Stream.opened[0]!.refused();
  for (const [wait, times] of [[5_000, 1], [10_000, 2], [20_000, 3], [40_000, 4]] as const) {
    mock.timers.tick(wait - 1);
    await settled();
    assert.equal(said(), times - 1);
    mock.timers.tick(1);
    await settled();
    assert.equal(said(), times);
    Stream.opened[times]!.refused();
  }
});

test("without a ticket the list is asked for, which says that the session has ended; then later and later", async () => {
  const { said, asked, answer } = start();
  answer.status = 503;
  Stream.opened[0]!.refused();
  for (const [wait, times] of [[5_000, 1], [10_000, 2], [20_000, 3]] as const) {
    mock.timers.tick(wait);
    await settled();
    assert.deepEqual([asked.length, said()], [times, times]);
  }
  assert.equal(Stream.opened.length, 1);
  answer.status = 204;
  mock.timers.tick(40_000);
  await settled();
  assert.equal(Stream.opened.length, 2);
});

test("a new stream that is refused leaves the one that still listens alone", async () => {
  start();
  Stream.opened[0]!.says("renew");
  await settled();
  Stream.opened[1]!.refused();
  assert.equal(Stream.opened[0]!.readyState, 1);
  Stream.opened[0]!.refused(); // the end of its ticket
  mock.timers.tick(5_000);
  await settled();
  assert.equal(Stream.opened.length, 3);
});

test("a stream that says nothing beyond the life of its ticket is taken for dead", async () => {
  start();
  mock.timers.tick(330_000);
  await settled();
  assert.equal(Stream.opened.length, 2);
});

test("looked at again after a while, or on another network, it listens anew at once", async () => {
  const { document, window } = start();
  fire(document, "visibilitychange");
  await settled();
  assert.equal(Stream.opened.length, 1); // it has just been heard
  mock.timers.tick(61_000);
  fire(document, "visibilitychange");
  await settled();
  assert.equal(Stream.opened.length, 2);
  window.dispatchEvent(new window.Event("online"));
  await settled();
  assert.equal(Stream.opened.length, 3);
});

test("signed in again over the page, it asks and listens at once, however long it had still to wait", async () => {
  const { document, window, said, answer } = start();
  answer.status = 503;
  Stream.opened[0]!.refused();
  mock.timers.tick(5_000);
  await settled();
  assert.deepEqual([Stream.opened.length, said()], [1, 1]);
  answer.status = 204;
  document.body.dispatchEvent(new window.CustomEvent("back"));
  await settled();
  assert.deepEqual([Stream.opened.length, said()], [2, 2]);
});

test("told that the session has ended, it asks at once, and leaves the stream", async () => {
  const { said, asked, answer } = start();
  answer.status = 401;
  Stream.opened[0]!.says("ended");
  mock.timers.tick(0);
  await settled();
  assert.deepEqual([said(), asked.length, Stream.opened[0]!.readyState], [1, 1, Stream.CLOSED]);
});

test("a page that is being left does not ask, unless it is still there", async () => {
  const { said, window, answer } = start();
  answer.status = 401;
  window.dispatchEvent(new window.Event("beforeunload"));
  Stream.opened[0]!.says("ended");
  mock.timers.tick(9_999);
  await settled();
  assert.equal(said(), 0);
  mock.timers.tick(1);
  await settled();
  assert.equal(said(), 1);
});

test("nobody is signed in any more: it asks at once, also when it only wanted another ticket", async () => {
  const { said, answer } = start();
  answer.status = 401;
  Stream.opened[0]!.says("renew");
  await settled();
  assert.equal(said(), 1);
});

test("a page that was given no ticket asks for one first", async () => {
  const { said, asked } = start("");
  assert.deepEqual([Stream.opened.length, asked.length], [0, 1]);
  await settled();
  assert.deepEqual([Stream.opened.map(({ url }) => url), said()], [["/flux/?depuis=0"], 0]);
});

test("a page that is left listens no more, and asks for nothing", async () => {
  const { leave, asked } = start();
  Stream.opened[0]!.says("renew");
  leave.abort();
  await settled();
  assert.equal(Stream.opened.length, 1);
  assert.equal(Stream.opened[0]!.readyState, Stream.CLOSED);
  mock.timers.tick(400_000);
  assert.equal(asked.length, 1);
});
