import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./testing-page.ts";
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

test("what a morph makes another thing of stops being the former one", async () => {
  const { document, element } = page(`<p data-behaviour="first"></p>`);
  const seen: string[] = [];
  const tell = (name: string) => (_found: HTMLElement, signal: AbortSignal): void => {
    seen.push(name);
    signal.addEventListener("abort", () => seen.push(`no ${name}`));
  };
  watch(document, { first: tell("first"), second: tell("second") });
  element.setAttribute("data-behaviour", "second");
  await settled();
  assert.deepEqual(seen, ["first", "no first", "second"]);
  element.removeAttribute("data-behaviour");
  await settled();
  assert.deepEqual(seen.at(-1), "no second");
});
