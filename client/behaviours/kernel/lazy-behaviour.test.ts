import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./testing-page.ts";
import { lazyBehaviour } from "./lazy-behaviour.ts";

const html = `<div data-behaviours="/overlays.js"><p data-behaviour="zoom"></p></div>`;
const turn = (): Promise<void> => new Promise((done) => setTimeout(done));

test("it begins once its file has come", async () => {
  const { element, leave } = page(html);
  const asked: string[] = [], begun: unknown[] = [];
  const load = async (address: string) => (asked.push(address), { zoom: (one: unknown) => begun.push(one) });
  lazyBehaviour("zoom", load)(element, leave.signal);
  assert.deepEqual([asked, begun], [["/overlays.js"], []]);
  await turn();
  assert.deepEqual(begun, [element]);
});

test("not where the element has left meanwhile, nor without its file", async () => {
  const { element, leave } = page(html);
  const begun: unknown[] = [];
  lazyBehaviour("zoom", async () => ({ zoom: () => begun.push(1) }))(element, leave.signal);
  leave.abort();
  const other = page(`<p data-behaviour="zoom"></p>`);
  lazyBehaviour("zoom", async () => assert.fail("nothing names a file"))(other.element, other.leave.signal);
  const away = page(html);
  lazyBehaviour("zoom", () => Promise.reject(new Error("away")))(away.element, away.leave.signal);
  await turn();
  assert.deepEqual(begun, []);
});
