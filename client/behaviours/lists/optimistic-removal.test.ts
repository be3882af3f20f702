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

for (const [chosen, expected] of [[["2"], "/3/"], [["2", "3"], "/1/"], [["1"], null], [["1", "2", "3"], null]] as const) {
  test(`an act on ${chosen.join(", ")} while 2 is open names what opens next: ${expected}`, () => {
    const row = (n: number) => `<li data-value="${n}"><a href="/${n}/"${n === 2 ? " aria-current" : ""}></a></li>`;
    const { document, element, leave } = page(`<section data-behaviour="optimistic-removal" data-goes-on>${[1, 2, 3].map(row).join("")}</section><form></form>`);
    optimisticRemoval(element, leave.signal);
    const sent = new Map<string, string>();
    const body = { getAll: () => [...chosen], has: (name: string) => sent.has(name), set: (name: string, value: string) => sent.set(name, value) };
    fire(document, "htmx:before:request", { detail: { ctx: { sourceElement: document.querySelector("form")!, request: { method: "POST", body } } } });
    assert.equal(sent.get("suite") ?? null, expected);
  });
}
