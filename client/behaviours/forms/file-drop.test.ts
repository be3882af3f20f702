import assert from "node:assert/strict";
import { test } from "node:test";
import { fileDrop } from "./file-drop.ts";
import { fire, page } from "../kernel/testing-page.ts";

test("files let fall go into the box; a text let fall is left alone", () => {
  const { window, element, leave } = page(`<section><form data-behaviour="file-drop"><input type="file"></form></section>`);
  Object.assign(globalThis, { Event: window.Event });
  const box = element.querySelector<HTMLInputElement>("input")!;
  let changed = 0;
  box.addEventListener("change", () => (changed += 1));
  fileDrop(element, leave.signal);
  assert.ok(!fire(element, "drop", { dataTransfer: { types: ["text/plain"], files: [] } }).defaultPrevented);
  const files = ["un fichier"];
  fire(element, "dragover", { dataTransfer: { types: ["Files"], files } });
  assert.ok(element.parentElement!.classList.contains("dropping"));
  assert.ok(fire(element, "drop", { dataTransfer: { types: ["Files"], files } }).defaultPrevented);
  assert.equal(changed, 1);
  assert.equal(box.files as unknown, files);
  assert.ok(!element.parentElement!.classList.contains("dropping"));
});
