import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page, said } from "../kernel/testing-page.ts";
import { answersInProgress } from "./answers-in-progress.ts";

const line = (mark: string, words: string, hidden = ""): string => `<div data-answers="${mark}" ${hidden}><b data-words>${words}</b></div>`;

function start(lines = "") {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const opened = page(`<div data-behaviour="answers-in-progress" data-conversation="aa bb">${lines}</div><p class="box-band"><b data-answering></b></p>`);
  const { document, window, element, leave } = opened;
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  let looks = 0;
  element.addEventListener("look", () => (looks += 1));
  answersInProgress(element, leave.signal);
  function swap(html: string): void {
    element.innerHTML = html;
    fire(element, "htmx:after:swap");
  }
  const shown = (): string[] => [...element.querySelectorAll<HTMLElement>("[data-answers]:not([hidden]) b")].map((one) => one.textContent ?? "");
  const band = (): string => document.querySelector("[data-answering]")!.textContent ?? "";
  return { ...opened, swap, shown, band, looks: () => looks };
}

test("of all answers of the mailbox those of the open conversation are shown, said once, and over one's own letter", () => {
  const { document, swap, shown, band } = start();
  assert.equal(band(), "");
  swap(line("cc", "M. Sauvage répond", "hidden") + line("bb", "Mme Benhamou répond", "hidden"));
  assert.deepEqual(shown(), ["Mme Benhamou répond"]);
  assert.equal(band(), "· Mme Benhamou répond");
  assert.equal(said(document), "Mme Benhamou répond");
  swap(line("bb", "Mme Benhamou répond depuis 1 min"));
  assert.equal(said(document), "");
  swap("");
  assert.deepEqual([shown(), band()], [[], ""]);
  mock.timers.reset();
});

test("the server is asked again only while one is shown", () => {
  const { swap, looks } = start(line("cc", "M. Sauvage répond", "hidden"));
  mock.timers.tick(60_000);
  assert.equal(looks(), 0);
  swap(line("aa", "Mme Benhamou répond"));
  mock.timers.tick(8_000);
  assert.equal(looks(), 1);
  mock.timers.reset();
});

test("without an answer of the server nothing is shown for long", () => {
  const { shown, band } = start(line("aa", "Mme Benhamou répond"));
  assert.deepEqual(shown(), ["Mme Benhamou répond"]);
  mock.timers.tick(24_000);
  assert.equal(shown().length, 1);
  mock.timers.tick(1_000);
  assert.deepEqual([shown(), band()], [[], ""]);
  mock.timers.reset();
});
