import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../kernel/testing-page.ts";
import { titleCount } from "./title-count.ts";

function start(attribute: string, title: string) {
  const { document, window, element, leave } = page(`<div data-behaviour="title-count" ${attribute}></div>`);
  let changed = (): void => undefined;
  class Observer {
    constructor(act: () => void) {
      changed = act;
    }
    observe(): void {}
    disconnect(): void {
      changed = () => undefined;
    }
  }
  Object.assign(globalThis, { MutationObserver: Observer });
  document.title = title;
  titleCount(element, leave.signal);
  return { document, window, element, leave, change: () => changed() };
}

test("the number begins the title, in the place of the one before", () => {
  const { document, element, change } = start(`data-count="3"`, "(2) Réception");
  assert.equal(document.title, "(3) Réception");
  element.dataset["count"] = "12";
  change();
  assert.equal(document.title, "(12) Réception");
  element.dataset["count"] = "";
  change();
  assert.equal(document.title, "Réception");
});

test("without the choice the title is left alone", () => {
  assert.equal(start("", "(urgent) Réunion").document.title, "(urgent) Réunion");
});

test("a page that is left keeps its title", () => {
  const { document, element, leave, change } = start(`data-count="1"`, "Réception");
  leave.abort();
  element.dataset["count"] = "5";
  change();
  assert.equal(document.title, "(1) Réception");
});
