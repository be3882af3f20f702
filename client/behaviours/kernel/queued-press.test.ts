import assert from "node:assert/strict";
import { test } from "node:test";
import { queuedPress } from "./queued-press.ts";
import { fire, page } from "./testing-page.ts";

const html = `<div data-behaviour="queued-press"><a id="avant" href="/3/" data-ahead="x"></a><a id="apres" href="/1/" data-ahead="x"></a><a id="autre" href="/b/"></a><p></p></div>`;

function start() {
  const { document, element, leave } = page(html);
  const asked: string[] = [];
  for (const link of element.querySelectorAll<HTMLElement>("a")) link.click = () => void fire(link, "click", { timeStamp: at });
  let at = 1000;
  queuedPress(element, leave.signal);
  // As htmx does: after whoever looks at it on its way down.
  element.addEventListener("click", (event) => void (event.defaultPrevented || asked.push((event.target as Element).id)));
  const press = (id: string, later = 0, held = {}) => fire(document.getElementById(id)!, "click", { timeStamp: (at += later), ...held });
  const came = (target: unknown = element) => fire(document, "htmx:after:swap", { detail: { ctx: { target } } });
  const ended = (id: string, status?: number) =>
    fire(document, "htmx:finally:request", { detail: { ctx: { sourceElement: document.getElementById(id), response: status && { status } } } });
  return { document, element, asked, press, came, ended };
}

test("each press counts, one page after the other", () => {
  const { asked, press, came, ended } = start();
  for (let times = 0; times < 3; times += 1) press("avant");
  assert.deepEqual(asked, ["avant"]);
  came();
  ended("avant", 200);
  assert.deepEqual(asked, ["avant", "avant"]);
  came();
  ended("avant", 200);
  assert.deepEqual(asked, ["avant", "avant", "avant"]);
  came();
  assert.equal(asked.length, 3);
});

test("pressed as pages come, it does what it always did", () => {
  const { asked, press, came, ended } = start();
  for (let times = 0; times < 3; times += 1) {
    press("avant");
    came();
    ended("avant", 200);
  }
  assert.equal(asked.length, 3);
});

test("another link forgets what was kept, and so does a press with a modifier nothing", () => {
  const { asked, press, came } = start();
  press("avant");
  press("avant");
  press("apres");
  came();
  assert.deepEqual(asked, ["avant", "apres"]);
  press("avant", 0, { ctrlKey: true });
  press("avant", 0, { ctrlKey: true });
  press("autre");
  press("autre");
  assert.deepEqual(asked.slice(2), ["avant", "avant", "autre", "autre"]);
});

test("what is swapped elsewhere is not its page", () => {
  const { element, asked, press, came } = start();
  press("avant");
  press("avant");
  came(element.querySelector("p"));
  came("p");
  assert.equal(asked.length, 1);
});

test("what came alone, by the name of its place, is its page", () => {
  const { element, asked, press, came } = start();
  press("avant");
  press("avant");
  element.querySelector("p")!.dataset["row"] = "";
  came("p");
  assert.equal(asked.length, 2);
});

test("at the end of the list nothing is left to press", () => {
  const { document, asked, press, came } = start();
  press("avant");
  press("avant");
  document.getElementById("avant")!.remove();
  came();
  press("apres");
  assert.deepEqual(asked, ["avant", "apres"]);
});

test("after an error, without an answer, or after a while it is pressed anew", () => {
  const { asked, press, ended } = start();
  press("avant");
  ended("avant", 503);
  press("avant");
  ended("avant");
  press("avant");
  press("avant", 6000);
  assert.equal(asked.length, 4);
});
