import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { writingSignal } from "./writing-signal.ts";

const html = `<section class="composer"><i data-behaviour="writing-signal" data-url="/ecrire/k/presence/"></i><form><textarea></textarea><input type="file"></form></section>`;

function start() {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const opened = page(html);
  const { document, window, element, leave } = opened;
  const [signs, saves, ends]: [number[], number[], string[]] = [[], [], []];
  const fetch = async (url: string, { body }: { body: URLSearchParams }) => (String(body) ? ends.push(`${url}?${body}`) : signs.push(Date.now()));
  Object.assign(globalThis, { CustomEvent: window.CustomEvent, fetch });
  document.querySelector("form")!.addEventListener("hurry", () => saves.push(Date.now()));
  writingSignal(element, leave.signal);
  const type = (): unknown => fire(document.querySelector("textarea")!, "input");
  return { ...opened, signs, saves, ends, type };
}

const pass = (seconds: number): void => { for (let second = 0; second < seconds; second += 1) mock.timers.tick(1_000); };

test("after ten seconds of writing it gives a sign every eight, and what was typed is saved before", () => {
  const { signs, saves, type, document } = start();
  fire(document.querySelector("[type=file]")!, "input");
  pass(11);
  assert.equal(signs.length, 0);
  type();
  pass(9);
  type();
  assert.equal(signs.length, 0);
  pass(1);
  assert.equal(signs.length, 1);
  pass(8);
  assert.equal(signs.length, 2);
  assert.deepEqual(signs, saves.map((one) => one + 1_000));
  mock.timers.reset();
});

test("after two minutes of silence it says that this is over, and begins again with the next key", () => {
  const { signs, ends, type } = start();
  type();
  pass(119);
  assert.deepEqual(ends, []);
  const before = signs.length;
  pass(1);
  assert.deepEqual(ends, ["/ecrire/k/presence/?fin=1"]);
  pass(60);
  assert.equal(signs.length, before);
  type();
  pass(10);
  assert.equal(signs.length, before + 1);
  mock.timers.reset();
});

test("folded, sent or left, it says so at once; a letter of which nothing was said says nothing", () => {
  for (const over of ["folded", "pagehide", ""]) {
    const { ends, type, document, window, leave } = start();
    const end = (): unknown => (over === "folded" ? fire(document.querySelector("section")!, over) : over ? window.dispatchEvent(new window.Event(over)) : leave.abort());
    if (over) end();
    assert.deepEqual(ends, []);
    type();
    pass(10);
    end();
    assert.equal(ends.length, 1);
    pass(60);
    assert.equal(ends.length, 1);
  }
  mock.timers.reset();
});
