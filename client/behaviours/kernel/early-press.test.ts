import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./testing-page.ts";
import { earlyPress, pressing } from "./early-press.ts";

const LINKS =
  `<main data-behaviour="early-press"><ul data-press><li data-unread><a href="/box/7/"><b>7</b></a></li><li><a href="/box/8/">8</a></li></ul>` +
  `<a href="/elsewhere/">9</a><a data-press hx-get="/write/" href="/write/">n</a><a hx-get="/mark/" href="/mark/">m</a></main>`;
const later = (time = 0): Promise<void> => new Promise((done) => setTimeout(done, time));

function start(answers: Record<string, () => Response> = {}) {
  const { document, window, element, leave } = page(LINKS);
  const asked: { action: string; headers: Record<string, string>; method: string; signal?: AbortSignal | null }[] = [];
  Object.assign(globalThis, {
    CustomEvent: window.CustomEvent,
    fetch: async (action: string, { headers, method, signal }: RequestInit) => {
      asked.push({ action, headers: headers as Record<string, string>, method: method ?? "GET", ...(signal ? { signal } : {}) });
      return (answers[`${method ?? "GET"} ${action}`] ?? (() => new Response("page")))();
    },
  });
  for (const link of element.querySelectorAll("a:not([hx-get])")) Object.assign(link, { _htmx: { boosted: "true" } });
  const context = (link: Element) => ({
    target: element,
    fetch: undefined as undefined | ((action: string, request: RequestInit) => Promise<Response>),
    request: {
      method: "GET", action: link.getAttribute("href")!, signal: new AbortController().signal,
      headers: { "HX-Current-URL": "/box/", "HX-Target": "main" } as Record<string, string>,
    },
  });
  pressing.init({ createRequestContext: context, getAttributeObject: (_link, _name, each) => each({ "X-Whose": "w" }) });
  earlyPress(element, leave.signal);
  const link = (href: string) => element.querySelector(`a[href="${href}"]`)!;
  const down = (href: string, more: object = {}) =>
    fire(link(href).firstElementChild ?? link(href), "pointerdown", { button: 0, pointerType: "mouse", ...more });
  const click = async (href: string, { state = "" } = {}) => {
    const ctx = context(link(href));
    if (state) ctx.request.headers["X-Etat"] = state;
    pressing.htmx_before_request(link(href), { ctx });
    return ctx.fetch ? (await ctx.fetch(ctx.request.action, ctx.request)).text() : "asked by htmx";
  };
  return { document, element, asked, down, click, link };
}

test("what is pressed is asked for in a way that changes nothing, and the click takes it", async () => {
  const { asked, down, click } = start();
  down("/box/7/");
  assert.equal(asked[0]?.action, "/box/7/");
  assert.deepEqual([asked[0]?.headers["Purpose"], asked[0]?.headers["X-Whose"]], ["prefetch", "w"]);
  assert.equal(await click("/box/7/"), "page");
  assert.equal(asked.length, 1);
  assert.equal(await click("/box/7/"), "asked by htmx"); // taken once
});

test("a link that asks for a part of the page says so itself", async () => {
  const { asked, down, click } = start();
  down("/mark/");
  assert.equal(asked.length, 0);
  down("/write/");
  assert.equal(await click("/write/"), "page");
  assert.deepEqual(asked.map((one) => one.action), ["/write/"]);
});

test("a finger, another button, a key held down or a link of another kind begin nothing", () => {
  const { asked, down } = start();
  for (const more of [{ pointerType: "touch" }, { button: 2 }, { ctrlKey: true }]) down("/box/7/", more);
  down("/elsewhere/");
  assert.equal(asked.length, 0);
});

test("without a click it is given up, and the page hears of it", async () => {
  const { element, asked, down, click } = start();
  const heard: string[] = [];
  for (const name of ["press", "press-off"]) element.addEventListener(name, () => heard.push(name));
  down("/box/7/");
  fire(element, "dragstart");
  await later(80);
  assert.deepEqual([heard, asked[0]?.signal?.aborted], [["press", "press-off"], true]);
  assert.equal(await click("/box/7/"), "asked by htmx");
});

test("another link, or a list that is another by now, is asked for as ever", async () => {
  const { asked, down, click } = start();
  down("/box/7/");
  assert.equal(await click("/box/8/"), "asked by htmx");
  assert.equal(await click("/box/7/", { state: "new" }), "asked by htmx");
  assert.equal(asked[0]?.signal?.aborted, true);
});

test("what the server leaves for the click, or refuses, the click asks for", async () => {
  let times = 0;
  const { asked, down, click } = start({ "GET /box/7/": () => new Response((times += 1) === 1 ? null : `${times}`, { status: times === 1 ? 204 : 200 }) });
  down("/box/7/");
  assert.equal(await click("/box/7/"), "2");
  assert.equal(asked[1]?.headers["Purpose"], undefined);
});

test("where opening changes something, it is told once the answer is taken, and the item is no longer marked", async () => {
  const headers = { "X-Ouverture": "/box/7/opening/" };
  const { element, asked, down, click } = start({
    "GET /box/7/": () => new Response("page", { headers }),
    "POST /box/7/opening/": () => new Response(null, { status: 204 }),
  });
  down("/box/7/");
  await later();
  assert.equal(asked.length, 1);
  await click("/box/7/");
  await later();
  assert.deepEqual([asked[1]?.method, asked[1]?.action], ["POST", "/box/7/opening/"]);
  assert.equal(element.querySelector("[data-unread]"), null);
});
