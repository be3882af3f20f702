import assert from "node:assert/strict";
import { test } from "node:test";
import { optimisticRemoval } from "./optimistic-removal.ts";
import { fire, page } from "../kernel/testing-page.ts";

function start(mark: string) {
  const { document, element, leave } = page(`<section data-behaviour="optimistic-removal">
    <li data-value="1"></li><li data-value="2"></li><form><button${mark}></button></form></section>`);
  optimisticRemoval(element, leave.signal);
  const body = { getAll: () => ["2"] };
  const submitter = document.querySelector("button")!;
  const ctx: { sourceElement: Element; request: object; response?: { status: number } } =
    { sourceElement: document.querySelector("form")!, request: { method: "POST", submitter, body } };
  const hidden = () => [...element.querySelectorAll<HTMLElement>("li")].map((one) => Boolean(one.hidden));
  const ask = () => fire(document, "htmx:before:request", { detail: { ctx } });
  const answer = (status?: number) => {
    if (status) ctx.response = { status };
    fire(document, "htmx:finally:request", { detail: { ctx } });
  };
  return { ask, answer, hidden };
}

test("what is sent away leaves at once", () => {
  const { ask, answer, hidden } = start(" data-leaves");
  ask();
  assert.deepEqual(hidden(), [false, true]);
  answer(200);
  assert.deepEqual(hidden(), [false, true]);
});

for (const status of [undefined, 404, 409, 503]) {
  test(`refused (${status ?? "no answer"}), it comes back`, () => {
    const { ask, answer, hidden } = start(" data-leaves");
    ask();
    answer(status);
    assert.deepEqual(hidden(), [false, false]);
  });
}

test("an act that leaves things where they are hides nothing", () => {
  const { ask, hidden } = start("");
  ask();
  assert.deepEqual(hidden(), [false, false]);
});
