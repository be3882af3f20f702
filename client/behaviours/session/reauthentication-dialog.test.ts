import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { reauthenticationDialog } from "./reauthentication-dialog.ts";
import { fire, page } from "../kernel/testing-page.ts";

test("the dialog opens and asks for what is missing", () => {
  const { document, element, leave } = page(
    `<dialog data-behaviour="reauthentication-dialog"><input class="input" value="hcarpentier"><input class="input" id="secret" value=""></dialog>`,
  );
  let opened = 0;
  let focused = "";
  Object.assign(element, { showModal: () => (opened += 1) });
  const secret = document.getElementById("secret")!;
  secret.focus = () => void (focused = "secret");
  reauthenticationDialog(element, leave.signal);
  assert.equal(opened, 1);
  assert.equal(focused, "secret");
});

test("back: every form takes the new word, and the page hears of it", () => {
  const { document, window, element, leave } = page(
    `<form><input name="csrfmiddlewaretoken" value="old"></form><form><input name="csrfmiddlewaretoken" value="older"></form><p data-behaviour="reauthentication-dialog" data-word="new"></p>`,
  );
  document.body.setAttribute("hx-headers:inherited", `{"X-CSRFToken": "old", "X-Whose": "me"}`);
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  let heard = 0;
  document.body.addEventListener("back", () => (heard += 1));
  reauthenticationDialog(element, leave.signal);
  const words = [...document.querySelectorAll<HTMLInputElement>("input")].map((input) => input.value);
  assert.deepEqual(words, ["new", "new"]);
  assert.deepEqual(JSON.parse(document.body.getAttribute("hx-headers:inherited")!), { "X-CSRFToken": "new", "X-Whose": "me" });
  assert.equal(heard, 1);
});

test("over somebody who is typing it comes at the next pause", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { document, element, leave } = page(`<textarea></textarea><dialog data-behaviour="reauthentication-dialog"></dialog>`);
  Object.defineProperty(document, "activeElement", { value: document.querySelector("textarea") });
  let opened = 0;
  Object.assign(element, { showModal: () => (opened += 1) });
  reauthenticationDialog(element, leave.signal);
  for (let key = 0; key < 5; key += 1) {
    mock.timers.tick(700);
    fire(document, key % 2 ? "input" : "keydown");
  }
  assert.equal(opened, 0);
  mock.timers.tick(800);
  assert.equal(opened, 1);
  fire(document, "keydown");
  mock.timers.tick(2000);
  assert.equal(opened, 1);
  mock.timers.reset();
});

test("while it is open nothing brings a second one, and Escape does not lead back to it", () => {
  const { document, element, leave } = page(`<dialog data-behaviour="reauthentication-dialog"></dialog>`);
  let stopped = 0, opened = 0;
  Object.assign(element, { showModal: () => (opened += 1) });
  reauthenticationDialog(element, leave.signal);
  fire(document, "session-ended", { stopImmediatePropagation: () => (stopped += 1) });
  assert.equal(stopped, 1);
  fire(element, "close");
  assert.equal(opened, 2);
});
