import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./testing-page.ts";
import { keeping, unfoldedParts } from "./unfolded-parts.ts";

const part = (name: string, inside = "") => `<section data-part="${name}">${inside}</section>`;
const cited = "<details open>cited</details>";

test("what replaces the page or one of its messages is told which parts are unfolded; another place is not", () => {
  const { element, document, leave } = page(`<div data-behaviour="unfolded-parts">${part("1f.7")}<section>folded</section>${part("1f.9")}</div>`);
  unfoldedParts(element, leave.signal);
  const told = (target: string) => {
    const request = { headers: { "HX-Target": target } as Record<string, string> };
    fire(document, "htmx:config:request", { detail: { ctx: { request } } });
    return request.headers["X-Deplies"];
  };
  assert.deepEqual([told("div#bureau"), told("section#m-1f-8"), told("div#ecrire")], ["1f.7 1f.9", "1f.7 1f.9", undefined]);
  element.innerHTML = "<section>folded</section>";
  assert.equal(told("div#bureau"), undefined);
});

function loses(fresh: string, inside = cited, attrName = "open"): boolean {
  const { document } = page(`<div data-behaviour="unfolded-parts">${part("1f.7", inside)}${fresh}</div>`);
  const [old, newNode] = [...document.querySelectorAll("section")] as unknown as [Element, Element];
  keeping.htmx_before_morph_node(old, { newNode });
  return keeping.htmx_before_morph_attr(old.querySelector("details")!, { attrName });
}

test("a morph leaves open what is open in the same part, and only that", () => {
  assert.equal(loses(part("1f.7")), false);
  assert.equal(loses(part("1f.9")), true);
  assert.equal(loses("<section>folded</section>"), true);
  assert.equal(loses(part("1f.7"), cited, "class"), true);
});

test("a menu closes with its act, and what stands in no part is as the server says", () => {
  assert.equal(loses(part("1f.7"), `<details open data-behaviour="menu"></details>`), true);
  const { element } = page(`<div data-behaviour="unfolded-parts">${cited}</div>`);
  assert.equal(keeping.htmx_before_morph_attr(element.querySelector("details")!, { attrName: "open" }), true);
});
