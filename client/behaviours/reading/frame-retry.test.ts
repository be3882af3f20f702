import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { parseHTML } from "linkedom";
import { frameRetry } from "./frame-retry.ts";
import { fire, page } from "../kernel/testing-page.ts";

const AWAY = `<!doctype html><html><body><p class="fact" data-away>Plus tard</p></body></html>`;
const THERE = `<!doctype html><html><body><p>Bonjour data-away</p></body></html>`;
const settled = async (): Promise<void> => { for (let turn = 0; turn < 8; turn += 1) await Promise.resolve(); };

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function start(first: string) {
  const made = page(`<iframe data-behaviour="frame-retry"></iframe>`);
  const frame = { html: first, answer: AWAY as string | undefined, href: "https://x.example/corps/", reloads: 0 };
  const asked: { address: string; headers: object }[] = [];
  Object.assign(globalThis, {
    fetch: async (address: string, { headers }: { headers: object }) => {
      asked.push({ address, headers });
      if (frame.answer === undefined) throw new TypeError("redirected");
      return { ok: true, text: async () => frame.answer };
    },
  });
  const inside = () => Object.defineProperty(parseHTML(frame.html).document, "location", { value: { href: frame.href } });
  Object.defineProperty(made.element, "contentDocument", { get: inside });
  Object.defineProperty(made.element, "contentWindow", { value: { location: { reload: () => void (frame.reloads += 1) } } });
  frameRetry(made.element, made.leave.signal);
  fire(made.element, "load");
  return { ...made, frame, asked, passes: (ms: number) => (mock.timers.tick(ms), settled()) };
}

test("what could not be shown is loaded again once it can be, and asked for in the background until then", async () => {
  const { frame, asked, passes } = start(AWAY);
  await passes(7999);
  assert.equal(asked.length, 0);
  await passes(1);
  assert.deepEqual(asked, [{ address: frame.href, headers: { "X-Background-Refresh": "1" } }]);
  frame.answer = undefined;
  await passes(16_000);
  assert.deepEqual([asked.length, frame.reloads], [2, 0]);
  frame.answer = THERE;
  await passes(24_000);
  assert.deepEqual([asked.length, frame.reloads], [3, 1]);
});

test("it is given up in the end, also when it is loaded again in between; another text has its own tries", async () => {
  const { element, frame, asked, passes } = start(AWAY);
  for (let times = 0; times < 20; times += 1) {
    await passes(60_000);
    if (times % 2) fire(element, "load");
  }
  assert.deepEqual([asked.length, frame.reloads], [5, 0]);
  frame.href = "https://x.example/autre/";
  fire(element, "load");
  await passes(8000);
  assert.equal(asked.length, 6);
});

test("what is shown is not asked for, nor what has left", async () => {
  const shown = start(THERE);
  await shown.passes(60_000);
  assert.equal(shown.asked.length, 0);
  const gone = start(AWAY);
  gone.leave.abort();
  await gone.passes(60_000);
  assert.equal(gone.asked.length, 0);
});
