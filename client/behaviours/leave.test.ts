import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { leave } from "./leave.ts";
import { fire, page } from "./page.ts";

const kept: RequestInit[] = [];

beforeEach(() => {
  kept.length = 0;
  globalThis.fetch = async (_address, options) => {
    kept.push(options ?? {});
    return new Response();
  };
  globalThis.FormData = class extends Map<string, string> {
    constructor() {
      super([["subject", "Re"], ["file", "large"]]);
    }
  } as unknown as typeof FormData;
});

function form(): { element: HTMLElement; document: Document } {
  const { element, document, leave: left } = page(`<form data-behaviour="leave"><input name="file" type="file"></form>`);
  leave(element, left.signal);
  return { element, document };
}

test("what was typed leaves with the page, without the files", () => {
  const { element, document } = form();
  fire(element, "input");
  fire(document, "htmx:before:history:restore");
  assert.equal(kept.length, 1);
  assert.equal(kept[0]!.keepalive, true);
  assert.deepEqual([...(kept[0]!.body as unknown as Map<string, string>).keys()], ["subject", "pause"]);
});

test("nothing leaves when nothing was typed since the last save, nor twice", () => {
  const { element, document } = form();
  fire(document, "htmx:before:history:restore");
  fire(element, "input");
  fire(element, "pause");
  fire(document, "htmx:before:history:restore");
  assert.equal(kept.length, 0);
  fire(element, "input");
  fire(document, "htmx:before:history:restore");
  fire(document, "htmx:before:history:restore");
  assert.equal(kept.length, 1);
});
