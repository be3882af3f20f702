import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { same } from "./same.ts";

function morph(old: string, fresh: string): boolean {
  const { document } = parseHTML(`<!doctype html><html><body>${old}${fresh}</body></html>`);
  const [before, newNode] = [...document.body.childNodes] as [Element, Element];
  assert.equal(same.htmx_before_morph_node(before, { newNode }), true);
  return newNode.hasAttribute?.("data-same") ?? false;
}

test("what says that it is the same is left alone", () => {
  assert.equal(morph(`<a data-is="1f">x</a>`, `<a data-is="1f">y</a>`), true);
});

test("anything else is compared", () => {
  assert.equal(morph(`<a data-is="1f">x</a>`, `<a data-is="2f">x</a>`), false);
  assert.equal(morph(`<a>x</a>`, `<a data-is="1f">x</a>`), false);
  assert.equal(morph(`<a data-is="1f">x</a>`, `<a>x</a>`), false);
  assert.equal(morph(`<a>x</a>`, `<a>x</a>`), false);
  assert.equal(morph(`<!--x-->`, `<!--y-->`), false);
});
