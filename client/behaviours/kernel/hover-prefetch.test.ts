import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "./testing-page.ts";
import { hoverPrefetch } from "./hover-prefetch.ts";

const row = (number: number, more: string, link = "data-frame=\"corps/\""): string =>
  `<li data-value="${number}"${more}><a href="https://x.example/d/${number}/?q=x" ${link}><b>${number}</b></a></li>`;
const html = `<div data-behaviour="hover-prefetch" data-ahead="avance/" data-whose="moi">${row(1, " data-unread")}${row(2, " data-unread")}${row(3, "")}${row(4, " data-unread", "")}</div>`;

function start(saves = false) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const { document, window, element, leave } = page(html);
  const asked: { url: string; options: RequestInit }[] = [];
  let answer = (): void => {};
  mock.method(globalThis, "fetch", (url: string, options: RequestInit) => {
    asked.push({ url, options });
    return new Promise<void>((resolve) => void (answer = resolve));
  });
  const answered = async (): Promise<void> => {
    answer();
    for (let turn = 0; turn < 6; turn++) await Promise.resolve();
  };
  Object.defineProperty(document, "location", { value: { href: "https://x.example/d/" }, configurable: true });
  Object.defineProperty(document, "defaultView", { value: { Event: window.Event, navigator: { connection: { saveData: saves } } }, configurable: true });
  hoverPrefetch(element, leave.signal);
  const over = (number: number, pointerType = "mouse"): void =>
    void fire(element.querySelector(`[data-value="${number}"] b`)!, "pointerover", { pointerType });
  return { element, leave, asked, answered, over, rest: (time = 120) => mock.timers.tick(time) };
}

test("an unread item on which a mouse rests is made ready, once, in the background", async () => {
  const { asked, answered, over, rest } = start();
  over(1);
  over(1); // from its name to its subject
  rest(119);
  assert.equal(asked.length, 0);
  rest(1);
  assert.deepEqual(asked.map((one) => one.url), ["/d/1/avance/"]);
  assert.deepEqual(asked[0]!.options.headers, { "X-Background-Refresh": "1", "X-Whose": "moi" });
  over(2);
  rest();
  assert.equal(asked.length, 1); // one at a time
  await answered();
  over(1);
  rest();
  over(2);
  rest();
  assert.deepEqual(asked.map((one) => one.url), ["/d/1/avance/", "/d/2/avance/"]);
});

test("what is passed over, left, or pressed is not asked for", () => {
  const { element, asked, over, rest } = start();
  over(1);
  rest(60);
  over(2);
  rest(60);
  over(3);
  rest();
  over(1);
  fire(element, "pointerleave");
  rest();
  over(2);
  fire(element, "pointerdown");
  rest();
  assert.equal(asked.length, 0);
});

test("nor what is read, has no formatted text, or is under a finger; nor for whoever saves data", () => {
  const { asked, over, rest } = start();
  for (const number of [3, 4]) {
    over(number);
    rest();
  }
  over(1, "touch");
  rest();
  assert.equal(asked.length, 0);
  const saver = start(true);
  saver.over(1);
  saver.rest();
  assert.equal(saver.asked.length, 0);
});

test("nor once the page is left", () => {
  const { leave, asked, over, rest } = start();
  over(1);
  leave.abort();
  rest();
  assert.equal(asked.length, 0);
});
