import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./page.ts";
import { watch } from "./registry.ts";

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test("elements start once, those of a swap too, and stop when they leave", async () => {
  const { document, element } = page(`<p data-behaviour="count other"></p>`);
  const started: HTMLElement[] = [];
  const stopped: HTMLElement[] = [];
  watch(document, {
    count: (found, signal) => {
      started.push(found);
      signal.addEventListener("abort", () => stopped.push(found));
    },
  });
  assert.deepEqual(started, [element]);

  const later = document.createElement("div");
  later.innerHTML = `<b data-behaviour="count"></b>`;
  document.body.append(later);
  await settled();
  assert.equal(started.length, 2);

  element.remove();
  await settled();
  assert.deepEqual(stopped, [element]);
});
