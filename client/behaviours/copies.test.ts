import assert from "node:assert/strict";
import { test } from "node:test";
import { copies, put, read } from "./copies.ts";
import { page } from "./page.ts";

class Shelf {
  #kept = new Map<string, string>();
  readonly #room: number;
  constructor(room = Infinity) {
    this.#room = room;
  }
  get length(): number {
    return this.#kept.size;
  }
  key(place: number): string | null {
    return [...this.#kept.keys()][place] ?? null;
  }
  getItem(name: string): string | null {
    return this.#kept.get(name) ?? null;
  }
  setItem(name: string, value: string): void {
    const others = [...this.#kept].filter(([one]) => one !== name).reduce((sum, [, kept]) => sum + kept.length, 0);
    if (others + value.length > this.#room) throw new Error("QuotaExceededError");
    this.#kept.set(name, value);
  }
  removeItem(name: string): void {
    this.#kept.delete(name);
  }
}

const copy = (at: number, words = "") => ({ at, count: 1, subject: words, fields: [["texte", words]] as Array<[string, string]> });

test("copies of another account and old ones go, the newest comes first", () => {
  const { window, element } = page(`<form data-behaviour="spares" data-whose="moi"></form>`);
  const store = new Shelf() as unknown as Storage;
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
  const store = new Shelf(260) as unknown as Storage;
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
