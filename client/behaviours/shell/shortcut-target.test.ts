import assert from "node:assert/strict";
import { test } from "node:test";
import { meant } from "./shortcut-target.ts";
import { page } from "../kernel/testing-page.ts";

const leaf = (id: string, acts: string) =>
  `<section id="${id}" data-keys data-alone="e E J"><h2></h2>${acts.split(" ").map((key) => `<b data-key="${key}" id="${id}-${key}"></b>`).join("")}</section>`;
const EXCHANGE = `<div data-behaviour="shortcuts" data-answers="newest"><form><b data-key="e" id="whole-e"></b><b data-key="J" id="whole-J"></b><b data-key="u" id="whole-u"></b></form>
  ${leaf("sent", "e h")}${leaf("newest", "e E J h Z")}<section id="folded" data-keys data-alone="e E J"><a></a></section></div>`;

/** What a key means, with the focus in a part or in none. */
function of({ document }: { document: Document }, key: string, near = ""): string | undefined {
  const all = [...document.querySelectorAll<HTMLElement>(`[data-key="${key}"]`)];
  return meant(all, near ? document.getElementById(near) : null)?.id;
}

test("with the focus in one message of several an act reaches it alone; elsewhere the whole", () => {
  const exchange = page(EXCHANGE);
  assert.equal(of(exchange, "e"), "whole-e");
  assert.equal(of(exchange, "e", "sent"), "sent-e");
  assert.equal(of(exchange, "e", "newest"), "newest-e");
  assert.equal(of(exchange, "u", "sent"), "whole-u");
});

test("what one message does not have is done to nothing: neither to the whole nor to another", () => {
  const exchange = page(EXCHANGE);
  assert.equal(of(exchange, "J", "sent"), undefined);
  assert.equal(of(exchange, "Z", "sent"), undefined);
  assert.equal(of(exchange, "e", "folded"), undefined);
  assert.equal(of(exchange, "E"), undefined); // the whole has no such act, and none of its messages is meant
  assert.equal(of(exchange, "h"), "newest-h");
});

test("what acts on the rows of a list is not meant while nobody sees the list", () => {
  const { document } = page(`<section data-behaviour="selection" data-list="/m/"><form data-keys="first"><b data-key="#" id="chosen"></b></form>
    <input data-whole data-key="A" id="all"><a data-key="R" id="news"></a></section><b data-key="#" id="open"></b>`);
  let seen = true;
  Object.assign(document.querySelector("section")!, { checkVisibility: () => seen });
  const told = () => ["#", "A", "R"].map((key) => of({ document }, key));
  assert.deepEqual(told(), ["chosen", "all", "news"]);
  seen = false;
  assert.deepEqual(told(), ["open", undefined, "news"]);
});
