import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { letterOptions } from "./letter-options.ts";

function start() {
  const { document, element, leave } = page(`<div data-behaviour="letter-options"><label><input type="checkbox" id="o" name="options"></label>
    <div><button type="button" data-done hidden></button><label class="option"><input name="accuse"></label></div></div><p id="elsewhere"></p><label for="o" id="chip"></label>`);
  const box = document.querySelector<HTMLInputElement>("[name=options]")!;
  const focused: string[] = [];
  for (const one of document.querySelectorAll<HTMLInputElement>("input")) one.focus = () => void focused.push(one.getAttribute("name")!);
  letterOptions(element, leave.signal);
  const open = (): void => {
    box.checked = true;
    fire(box, "click");
  };
  return { document, box, focused, open, leave };
}

test("opened, its first field has the focus; its button and Escape close it and give it back", () => {
  const { document, box, focused, open, leave } = start();
  assert.equal(document.querySelector<HTMLElement>("[data-done]")!.hidden, false);
  open();
  document.querySelector<HTMLElement>("[data-done]")!.click();
  assert.deepEqual([box.checked, focused], [false, ["accuse", "options"]]);
  open();
  const event = fire(document.querySelector("[name=accuse]")!, "keydown", { key: "Escape" });
  assert.deepEqual([box.checked, event.defaultPrevented], [false, true]); // the sheet itself does not fold
  leave.abort();
});

test("closed, Escape is for the sheet", () => {
  const { box, leave } = start();
  assert.equal(fire(box, "keydown", { key: "Escape" }).defaultPrevented, false);
  leave.abort();
});

test("a press elsewhere closes it, one on a chip of what is set does not", () => {
  const { document, box, open, leave } = start();
  open();
  fire(document.getElementById("chip")!, "click");
  assert.equal(box.checked, true);
  fire(document.getElementById("elsewhere")!, "click");
  assert.equal(box.checked, false);
  leave.abort();
});

test("so does the focus elsewhere, not one inside nor none at all", () => {
  const { document, box, open, leave } = start();
  const receipt = document.querySelector("[name=accuse]")!;
  open();
  for (const relatedTarget of [document.querySelector("[data-done]"), null]) fire(receipt, "focusout", { relatedTarget });
  assert.equal(box.checked, true);
  fire(receipt, "focusout", { relatedTarget: document.getElementById("elsewhere") });
  assert.equal(box.checked, false);
  leave.abort();
});
