import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { selection } from "./selection.ts";

const BOX = `<input type="checkbox" name="choix">`;
const LIST = `<section data-behaviour="selection" data-one="1 chosen" data-many="%s chosen">
<input type="checkbox" data-all hidden><span data-count></span>${BOX.repeat(4)}</section>`;

function list(): { all: HTMLInputElement; boxes: HTMLInputElement[]; words: () => string; click: typeof click } {
  const { element, leave } = page(LIST);
  selection(element, leave.signal);
  const all = element.querySelector<HTMLInputElement>("[data-all]")!;
  const boxes = [...element.querySelectorAll<HTMLInputElement>("[name=choix]")];
  return { all, boxes, words: () => element.querySelector("[data-count]")!.textContent ?? "", click };
}

/** As a browser does: the box has changed when the click is heard. */
function click(box: HTMLInputElement, shiftKey = false): void {
  box.checked = !box.checked;
  fire(box, "click", { shiftKey });
}

test("it counts, in the singular too, and says nothing of none", () => {
  const { boxes, words } = list();
  assert.equal(words(), "");
  click(boxes[0]!);
  assert.equal(words(), "1 chosen");
  click(boxes[1]!);
  assert.equal(words(), "2 chosen");
});

test("the box of all appears with the script, ticks all, and is half ticked for some", () => {
  const { all, boxes, words } = list();
  assert.equal(all.hidden, false);
  click(all);
  assert.equal(words(), "4 chosen");
  click(boxes[2]!);
  assert.equal(all.checked, false);
  assert.equal(all.indeterminate, true);
});

test("Shift ticks the run between two, in either direction", () => {
  const { boxes } = list();
  click(boxes[3]!);
  click(boxes[1]!, true);
  assert.deepEqual(boxes.map((box) => Boolean(box.checked)), [false, true, true, true]);
});
