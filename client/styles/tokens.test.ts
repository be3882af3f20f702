import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");

function values(selector: string): string[] {
  const start = css.indexOf("{", css.indexOf(selector)) + 1;
  return [...css.slice(start, css.indexOf("}", start)).matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => `${name}: ${value}`);
}

test("the dark theme that is chosen is the dark theme of the system", () => {
  const chosen = values(`:root[data-theme="dark"] {`);
  assert.ok(chosen.length > 20);
  assert.deepEqual(chosen, values(`:root:not([data-theme="light"]) {`));
});
