import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { selection } from "./selection.ts";

const boxes = [1, 2, 3, 4].map((n) => `<input type="checkbox" name="choix" value="${n}">`).join("");
const html = `<section data-behaviour="selection" data-one="1 choisi" data-many="%s choisis">
  <label><input type="checkbox" data-all hidden><span data-count></span></label>${boxes}</section>`;

function start() {
  const { element, leave } = page(html);
  selection(element, leave.signal);
  const every = [...element.querySelectorAll<HTMLInputElement>("input[name=choix]")];
  const all = element.querySelector<HTMLInputElement>("[data-all]")!;
  const count = () => element.querySelector("[data-count]")!.textContent;
  const click = (box: HTMLInputElement, more = {}) => {
    box.checked = !box.checked;
    fire(box, "click", more);
  };
  return { every, all, count, click };
}

test("it counts in words, and shows the box that takes all", () => {
  const { every, all, count, click } = start();
  assert.equal(all.hidden, false);
  assert.equal(count(), "");
  click(every[0]!);
  assert.equal(count(), "1 choisi");
  click(every[2]!);
  assert.equal(count(), "2 choisis");
  assert.equal(all.checked, false);
});

test("all at once, and none", () => {
  const { every, all, count, click } = start();
  click(all);
  assert.ok(every.every((box) => box.checked));
  assert.equal(count(), "4 choisis");
  click(all);
  assert.ok(every.every((box) => !box.checked));
});

test("with Shift, everything between", () => {
  const { every, click } = start();
  click(every[3]!);
  click(every[1]!, { shiftKey: true });
  assert.deepEqual(every.map((box) => Boolean(box.checked)), [false, true, true, true]);
});
