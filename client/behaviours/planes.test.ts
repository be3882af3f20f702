import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { planes } from "./planes.ts";

const PAGE = `<div data-behaviour="planes" data-view="reader"><div class="scroll"><h2 data-plane-heading="reader"></h2></div></div>`;

function shown(narrow: boolean): { document: Document; go: (path: string) => void; focused: () => number; top: () => number } {
  const { element, document, window, leave } = page(PAGE);
  const location = { pathname: "/a/" };
  Object.defineProperty(document, "location", { value: location });
  Object.defineProperty(window, "matchMedia", { value: () => ({ matches: narrow }), configurable: true });
  // linkedom does not know `:popover-open`.
  const found = document.querySelectorAll.bind(document);
  document.querySelectorAll = ((query: string) => (query.includes("popover") ? [] : found(query))) as typeof found;
  let focused = 0;
  let top = 0;
  document.querySelector<HTMLElement>("h2")!.focus = () => focused++;
  document.querySelector(".scroll")!.scrollTo = () => top++;
  planes(element, leave.signal);
  return { document, go: (path) => (location.pathname = path), focused: () => focused, top: () => top };
}

test("a change of place is read from the top; on a narrow screen the heading gets the focus", () => {
  const { document, go, focused, top } = shown(true);
  go("/a/7/");
  fire(document, "htmx:after:swap");
  assert.equal(top(), 1);
  assert.equal(focused(), 1);
});

test("a swap in the same place moves nothing", () => {
  const { document, focused, top } = shown(true);
  fire(document, "htmx:after:swap");
  assert.equal(top() + focused(), 0);
});

test("where all planes are in view the focus stays where it is", () => {
  const { document, go, focused } = shown(false);
  go("/a/7/");
  fire(document, "htmx:after:swap");
  assert.equal(focused(), 0);
});
