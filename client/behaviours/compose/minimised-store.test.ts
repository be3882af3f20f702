import assert from "node:assert/strict";
import { test } from "node:test";
import { Letters } from "./minimised-store.ts";
import { page, storage } from "../kernel/testing-page.ts";

test("a letter is noted once, with its last title; what is over goes", () => {
  const { window, leave } = page(`<nav data-behaviour="minimised-drafts"></nav>`);
  Object.defineProperty(window, "sessionStorage", { value: storage(), configurable: true });
  let drawn = 0;
  const letters = new Letters(window, "moi", () => (drawn += 1), leave.signal);
  const titles = () => letters.all().map((one) => one.title);
  letters.note({ letter: "k1", title: "" });
  letters.note({ letter: "k1", title: "Un" });
  letters.note({ letter: "k1", title: "Un" });
  assert.deepEqual(titles(), ["Un"]);
  assert.equal(drawn, 2); // the same again is no news
  for (const letter of ["k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"]) letters.note({ letter, title: letter });
  assert.deepEqual(titles(), ["k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"]);
  for (const letter of ["k5", "k6", "k7", "k8", "k9"]) letters.drop(letter);
  letters.note({ letter: "k2", title: "k2" }, true); // opened again: the last one
  assert.deepEqual(titles(), ["k3", "k4", "k2"]);
  letters.over("k3");
  assert.deepEqual(titles(), ["k4", "k2"]);
  leave.abort();
});
