import assert from "node:assert/strict";
import { test } from "node:test";
import { Letters, takeAway } from "./docked.ts";
import { fire, page, storage } from "./page.ts";

test("a letter is noted once, with its last title; three at most; what is over goes", () => {
  const { window, leave } = page(`<nav data-behaviour="docks"></nav>`);
  Object.defineProperty(window, "sessionStorage", { value: storage(), configurable: true });
  let drawn = 0;
  const letters = new Letters(window, "moi", () => (drawn += 1), leave.signal);
  const titles = () => letters.all().map((one) => one.title);
  letters.note({ letter: "k1", title: "" });
  letters.note({ letter: "k1", title: "Un" });
  letters.note({ letter: "k1", title: "Un" });
  assert.deepEqual(titles(), ["Un"]);
  assert.equal(drawn, 2); // the same again is no news
  for (const letter of ["k2", "k3", "k4"]) letters.note({ letter, title: letter });
  assert.deepEqual(titles(), ["k2", "k3", "k4"]);
  letters.over("k3");
  assert.deepEqual(titles(), ["k2", "k4"]);
  leave.abort();
});

test("a sheet that is saving goes from sight at once, and from the page when it is saved", async () => {
  const { document, element, leave } = page(`<section id="feuille" data-behaviour="x"><form class="htmx-request"></form></section>`);
  takeAway(element, leave.signal);
  assert.deepEqual([element.hidden, element.id, element.isConnected], [true, "", true]);
  element.querySelector("form")!.classList.remove("htmx-request");
  fire(document, "htmx:finally:request");
  await new Promise((done) => setTimeout(done));
  assert.equal(element.isConnected, false);
});

test("one that is not goes at once", () => {
  const { element, leave } = page(`<section data-behaviour="x"><form></form></section>`);
  takeAway(element, leave.signal);
  assert.equal(element.isConnected, false);
});
