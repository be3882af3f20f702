import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { same } from "./unchanged-parts.ts";

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

test("another list takes the place of the one that was there, uncompared; the same one is compared", () => {
  for (const [list, taken] of [["/b/", true], ["/a/", false]] as const) {
    const { document } = parseHTML(`<!doctype html><html><body><div data-of="/a/"><p>1</p></div><div data-of="${list}"><p>2</p></div></body></html>`);
    const [old, newNode] = [...document.body.children] as [Element, Element];
    same.htmx_before_morph_node(old, { newNode });
    assert.deepEqual([old.textContent, newNode.hasAttribute("data-same")], [taken ? "2" : "1", taken]);
  }
});
