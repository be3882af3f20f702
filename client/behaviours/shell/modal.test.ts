import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { modal } from "./modal.ts";

function opened() {
  const found = page(`<dialog data-behaviour="modal"><button data-close></button><p></p></dialog>`);
  const dialog = found.element as unknown as HTMLDialogElement;
  let shown = 0;
  dialog.showModal = () => void (shown += 1);
  dialog.close = () => void fire(dialog, "close");
  modal(dialog, found.leave.signal);
  return { ...found, dialog, shown: () => shown };
}

test("it opens as soon as it comes", () => {
  assert.equal(opened().shown(), 1);
});

test("its cross or a press beside it closes it, and it is gone", () => {
  for (const where of ["[data-close]", ""]) {
    const { dialog } = opened();
    fire(where ? dialog.querySelector(where)! : dialog, "click");
    assert.equal(dialog.isConnected, false);
  }
});

test("a press in it does not", () => {
  const { dialog } = opened();
  fire(dialog.querySelector("p")!, "click");
  assert.equal(dialog.isConnected, true);
});
