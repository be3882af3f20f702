import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { prefetch } from "./prefetch.ts";
import { fire, page } from "./testing-page.ts";

const html = `<article data-behaviour="prefetch" data-whose="moi"><a href="/d/8/?q=x" data-ahead="pret/">&lt;</a><a href="/d/6/" data-ahead="pret/">&gt;</a><a href="/d/1/">x</a></article>`;

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await Promise.resolve();
};

function start(saves = false) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const { document, window, element, leave } = page(html);
  const asked: { url: string; options: RequestInit }[] = [];
  const place = { pathname: "/d/7/" };
  Object.defineProperty(document, "location", { value: { href: "https://x.example/d/7/", get pathname() { return place.pathname; } }, configurable: true });
  mock.method(globalThis, "fetch", async (url: string, options: RequestInit) => {
    asked.push({ url, options });
    return { ok: true };
  });
  const rest = async (): Promise<void> => {
    mock.timers.tick(400);
    await settled();
  };
  const view = { Event: window.Event, navigator: { connection: { saveData: saves } } };
  Object.defineProperty(document, "defaultView", { value: view, configurable: true });
  prefetch(element, leave.signal);
  return { document, element, leave, asked, place, rest };
}

test("both neighbours are made ready once, when nothing happens, in the background", async () => {
  const { document, asked, rest } = start();
  assert.equal(asked.length, 0);
  await rest();
  assert.deepEqual(asked.map((one) => one.url), ["/d/8/pret/", "/d/6/pret/"]);
  assert.deepEqual(asked[0]!.options.headers, { "X-Background-Refresh": "1", "X-Whose": "moi" });
  fire(document, "htmx:after:swap");
  await rest();
  assert.equal(asked.length, 2);
});

test("what was just open is not asked for again", async () => {
  const { document, element, asked, place, rest } = start();
  await rest();
  place.pathname = "/d/6/";
  const [newer, older] = element.querySelectorAll("a");
  newer!.setAttribute("href", "/d/7/");
  older!.setAttribute("href", "/d/5/");
  fire(document, "htmx:after:swap");
  await rest();
  assert.deepEqual(asked.slice(2).map((one) => one.url), ["/d/5/pret/"]);
});

test("a frame that arrives makes it wait", async () => {
  const { element, asked, rest } = start();
  mock.timers.tick(300);
  fire(element, "load");
  mock.timers.tick(300);
  await settled();
  assert.equal(asked.length, 0);
  await rest();
  assert.equal(asked.length, 2);
});

test("nothing for whoever saves data, nor where nobody looks, nor once it is closed", async () => {
  const saver = start(true);
  await saver.rest();
  assert.equal(saver.asked.length, 0);
  const away = start();
  Object.defineProperty(away.document, "visibilityState", { value: "hidden", configurable: true });
  await away.rest();
  assert.equal(away.asked.length, 0);
  const closed = start();
  closed.leave.abort();
  await closed.rest();
  assert.equal(closed.asked.length, 0);
});
