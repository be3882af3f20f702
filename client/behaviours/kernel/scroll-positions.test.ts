import assert from "node:assert/strict";
import { test } from "node:test";
import { storage } from "./testing-page.ts";
import { places } from "./scroll-positions.ts";

test("Back finds the place of any list; a page opened anew, that of the last one alone", () => {
  const kept = places(storage());
  assert.equal(kept.of("/a/", true), undefined);
  kept.keep("/a/", 420);
  kept.keep("/b/?voir=non-lus", 0);
  assert.equal(kept.of("/a/", true), 420);
  assert.equal(kept.of("/a/", false), undefined);
  assert.equal(kept.of("/b/?voir=non-lus", false), 0);
  kept.keep("/a/", 400);
  assert.equal(kept.of("/a/", false), 400);
});

test("so many are known, and the oldest go", () => {
  const kept = places(storage());
  for (let n = 0; n < 25; n++) kept.keep(`/${n}/`, n);
  assert.deepEqual([4, 5, 24].map((n) => kept.of(`/${n}/`, true)), [undefined, 5, 24]);
});
