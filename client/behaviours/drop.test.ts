import assert from "node:assert/strict";
import { test } from "node:test";
import { drop } from "./drop.ts";
import { fire, page } from "./page.ts";

function form(): { element: HTMLElement; box: HTMLInputElement; changed: () => number } {
  const { element, document, leave } = page(`<div><form data-behaviour="drop"><input type="file"></form></div>`);
  globalThis.Event = document.defaultView!.Event;
  const box = element.querySelector("input")!;
  let changed = 0;
  box.addEventListener("change", () => changed++);
  drop(element, leave.signal);
  return { element, box, changed: () => changed };
}

test("files let fall go into the box, which says so", () => {
  const { element, box, changed } = form();
  const files = [{ name: "a.pdf" }];
  const dataTransfer = { types: ["Files"], files };
  assert.equal(fire(element, "dragover", { dataTransfer }).defaultPrevented, true);
  assert.equal(element.parentElement!.classList.contains("dropping"), true);
  assert.equal(fire(element, "drop", { dataTransfer }).defaultPrevented, true);
  assert.equal(box.files as unknown, files);
  assert.equal(changed(), 1);
  assert.equal(element.parentElement!.classList.contains("dropping"), false);
});

test("a piece of text that is dragged is none of its business", () => {
  const { element, changed } = form();
  const dataTransfer = { types: ["text/plain"], files: [] };
  assert.equal(fire(element, "dragover", { dataTransfer }).defaultPrevented, false);
  assert.equal(fire(element, "drop", { dataTransfer }).defaultPrevented, false);
  assert.equal(changed(), 0);
});
