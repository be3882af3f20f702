import assert from "node:assert/strict";
import { test } from "node:test";
import { backClearsSelection } from "./back-clears-selection.ts";
import { fire, page } from "../kernel/testing-page.ts";
import { selection } from "./selection.ts";

const html = `<section data-behaviour="selection back-clears-selection"><ul>
  <li data-value="1"><input type="checkbox" name="choix" value="1"></li><li data-value="2"><input type="checkbox" name="choix" value="2"></li>
</ul></section>`;

class Watcher {
  static open: Watcher[] = [];
  onclose: (() => void) | null = null;
  constructor() {
    Watcher.open.push(this);
  }
  destroy(): void {
    Watcher.open = Watcher.open.filter((one) => one !== this);
  }
}

function start(coarse: boolean) {
  const { element, window, leave } = page(html);
  Watcher.open = [];
  Object.assign(window, { CloseWatcher: Watcher, matchMedia: () => ({ matches: coarse }) });
  selection(element, leave.signal);
  backClearsSelection(element, leave.signal);
  const boxes = [...element.querySelectorAll<HTMLInputElement>("input")];
  // linkedom matches the attribute where a browser looks at the state.
  const press = (box: HTMLInputElement, on: boolean) => {
    box.checked = on;
    box.toggleAttribute("checked", on);
    fire(box, "click");
  };
  return { boxes, press, leave };
}

test("Back lets go of what is chosen, and leaves the page only after that", () => {
  const { boxes, press } = start(true);
  assert.equal(Watcher.open.length, 0);
  press(boxes[0]!, true);
  press(boxes[1]!, true);
  assert.equal(Watcher.open.length, 1);
  Watcher.open.pop()!.onclose!();
  assert.deepEqual(boxes.map((box) => Boolean(box.checked)), [false, false]);
});

test("Back closes an open menu first, and what is chosen stays", () => {
  const { boxes, press } = start(true);
  press(boxes[0]!, true);
  const menu = boxes[0]!.ownerDocument.createElement("details");
  menu.className = "menu";
  menu.setAttribute("open", "");
  boxes[0]!.closest("section")!.append(menu);
  Watcher.open.pop()!.onclose!();
  assert.ok(!menu.hasAttribute("open"));
  assert.ok(boxes[0]!.checked);
  Watcher.open.pop()!.onclose!();
  assert.ok(!boxes[0]!.checked);
});

test("nothing is watched for once nothing is chosen, or the list is gone", () => {
  const { boxes, press, leave } = start(true);
  press(boxes[0]!, true);
  press(boxes[0]!, false);
  assert.equal(Watcher.open.length, 0);
  press(boxes[0]!, true);
  leave.abort();
  assert.equal(Watcher.open.length, 0);
});

test("where there is a keyboard, Escape is enough", () => {
  const { boxes, press } = start(false);
  press(boxes[0]!, true);
  assert.equal(Watcher.open.length, 0);
});
