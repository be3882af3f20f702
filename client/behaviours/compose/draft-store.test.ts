import assert from "node:assert/strict";
import { test } from "node:test";
import { copies, put, read } from "./draft-store.ts";
import { page, storage } from "../kernel/testing-page.ts";

const copy = (at: number, words = "") => ({ at, count: 1, subject: words, fields: [["texte", words]] as Array<[string, string]> });

test("copies of another account and old ones go, the newest comes first", () => {
  const { window, element } = page(`<form data-behaviour="orphan-drafts" data-whose="moi"></form>`);
  const store = storage();
  Object.defineProperty(window, "localStorage", { value: store, configurable: true });
  const now = Date.now();
  put(store, "lettre:moi:a1:w1", copy(now - 5));
  put(store, "lettre:moi:b2:w2", copy(now));
  put(store, "lettre:autre:c3:w3", copy(now));
  put(store, "lettre:moi:d4:w4", copy(now - 70 * 24 * 3600 * 1000));
  store.setItem("lettre:moi:e5:w5", "{");
  store.setItem("shortcuts-off", "1");
  assert.deepEqual(copies(element).map((one) => [one.letter, one.writer]), [["b2", "w2"], ["a1", "w1"]]);
  assert.equal(store.length, 3);
});

test("without room the oldest of the others makes some; what is larger than all stays out", () => {
  const store = storage(260);
  put(store, "lettre:moi:a:w", copy(1, "x".repeat(20)));
  put(store, "lettre:moi:b:w", copy(2, "x".repeat(20)));
  assert.equal(put(store, "lettre:moi:c:w", copy(3, "x".repeat(20))), true);
  assert.equal(read(store, "lettre:moi:a:w"), null);
  assert.equal(read(store, "lettre:moi:c:w")?.at, 3);
  assert.equal(put(store, "lettre:moi:d:w", copy(4, "x".repeat(400))), false);
});

test("where no storage is allowed nothing breaks", () => {
  assert.equal(put(null, "lettre:moi:a:w", copy(1)), false);
});

test("a page that does not say whose it is touches none", () => {
  const { window, element } = page(`<form data-behaviour="orphan-drafts" data-whose=""></form>`);
  const store = storage();
  Object.defineProperty(window, "localStorage", { value: store, configurable: true });
  put(store, "lettre:moi:a1:w1", copy(Date.now()));
  assert.deepEqual(copies(element), []);
  assert.equal(store.length, 1);
});
