import assert from "node:assert/strict";
import { test } from "node:test";
import { editorLoader } from "./editor-loader.ts";
import { page } from "../kernel/testing-page.ts";

const html = `<div data-behaviour="editor-loader" data-library="/editor.js"><textarea>mot</textarea></div>`;

test("the library comes from where the page says, and gets the element", async () => {
  const { element, leave } = page(html);
  const asked: unknown[] = [];
  await editorLoader(element, leave.signal, (address) => {
    asked.push(address);
    return Promise.resolve({ open: (given: HTMLElement) => asked.push(given) });
  });
  assert.deepEqual(asked, ["/editor.js", element]);
});

test("a sheet that is closed meanwhile is left alone; a library that does not come leaves the textarea", async () => {
  const { element, leave } = page(html);
  await editorLoader(element, leave.signal, () => Promise.reject(new Error("out of reach")));
  assert.equal(element.querySelector("textarea")!.textContent, "mot");
  leave.abort();
  await editorLoader(element, leave.signal, () => Promise.resolve({ open: () => assert.fail("too late") }));
});
