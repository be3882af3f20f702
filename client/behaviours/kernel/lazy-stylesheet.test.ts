import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./testing-page.ts";
import { dressing, lazyStylesheet } from "./lazy-stylesheet.ts";

const html = (inside = "") => `<a href="/write/" hx-target="#part"><b>n</b></a><div id="part" data-behaviour="lazy-stylesheet" data-sheet="/writing.css">${inside}</div>`;
const sheets = (document: Document) => [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")];

test("what is brought there waits for its sheet, asked for once", async () => {
  const { document, element } = page(html());
  const order: string[] = [];
  const ctx = { target: element, fetch: async () => (order.push("asked"), new Response("sheet")) };
  dressing.htmx_before_request(element, { ctx });
  const answer = ctx.fetch().then(() => order.push("shown"));
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(order, ["asked"]);
  const [sheet] = sheets(document);
  assert.equal(sheet?.getAttribute("href"), "/writing.css");
  fire(sheet!, "load");
  await answer;
  assert.deepEqual(order, ["asked", "shown"]);
  Object.defineProperty(sheet, "sheet", { value: {} });
  const again = { target: element, fetch: async () => new Response("sheet") };
  const { fetch } = again;
  dressing.htmx_before_request(element, { ctx: again });
  assert.equal(again.fetch, fetch);
  assert.equal(sheets(document).length, 1);
});

test("a sheet that does not come keeps nothing back", async () => {
  const { document, element } = page(html());
  const ctx = { target: element, fetch: async () => new Response("sheet") };
  dressing.htmx_before_request(element, { ctx });
  const answer = ctx.fetch();
  fire(sheets(document)[0]!, "error");
  assert.equal(await (await answer).text(), "sheet");
});

test("elsewhere nothing is fetched", () => {
  const { document, element } = page(html());
  const ctx = { target: element.previousElementSibling, fetch: async () => new Response() };
  dressing.htmx_before_request(element, { ctx });
  dressing.htmx_before_request(element, { ctx: { target: "#ecrire" } });
  assert.equal(sheets(document).length, 0);
});

test("a press begins it, or who comes near it, or something in it", () => {
  const pressed = page(html());
  lazyStylesheet(pressed.element, pressed.leave.signal);
  assert.equal(sheets(pressed.document).length, 0);
  fire(pressed.document, "press", { detail: { ctx: { target: pressed.document.body } } });
  assert.equal(sheets(pressed.document).length, 0);
  fire(pressed.document, "press", { detail: { ctx: { target: pressed.element } } });
  assert.equal(sheets(pressed.document).length, 1);
  for (const name of ["pointerover", "focusin"]) {
    const near = page(html());
    lazyStylesheet(near.element, near.leave.signal);
    fire(near.element, name);
    assert.equal(sheets(near.document).length, 0);
    fire(near.document.querySelector("b")!, name);
    assert.equal(sheets(near.document).length, 1);
  }
  const back = page(html("<section></section>"));
  lazyStylesheet(back.element, back.leave.signal);
  assert.equal(sheets(back.document).length, 1);
});
