import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { fire, page, said } from "../kernel/testing-page.ts";
import { resultCount } from "./result-count.ts";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function start() {
  const { document, element, leave } = page('<p data-behaviour="result-count" data-of="found"></p><div id="found"></div><b data-tells>Elsewhere</b>');
  resultCount(element, leave.signal);
  const found = (html: string): string => {
    document.getElementById("found")!.innerHTML = html;
    fire(document, "htmx:after:swap");
    return said(document);
  };
  return { found };
}

test("what is found is said once it is there, and not again", () => {
  const { found } = start();
  assert.equal(found("<p data-tells> 2  applications\n for a </p> See all"), "2 applications for a");
  assert.equal(found("<p data-tells>2 applications for a</p>"), "");
  assert.equal(found("<p>All of them</p>"), "");
  assert.equal(found("<p data-tells>2 applications for a</p>"), "2 applications for a");
});
