import assert from "node:assert/strict";
import { test } from "node:test";
import { Letters } from "./docked.ts";
import { page, storage } from "./page.ts";

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
