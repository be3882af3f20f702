import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { notificationPermission } from "./notification-permission.ts";

const html = `<div data-behaviour="notification-permission" data-default="Demandera." data-granted="Peut." data-denied="Refuse." hidden><p></p><button hidden>Autoriser</button></div>`;

function start(notices: object | undefined) {
  Object.assign(globalThis, { Notification: notices });
  const { element, leave } = page(html);
  notificationPermission(element, leave.signal);
  return { element, words: element.querySelector("p")!, button: element.querySelector("button")! };
}

test("asks on the click only, and says what was answered", async () => {
  let asked = 0;
  const notices = {
    permission: "default",
    requestPermission: async () => {
      asked += 1;
      notices.permission = "granted";
    },
  };
  const { words, button } = start(notices);
  assert.equal(words.textContent, "Demandera.");
  assert.deepEqual([asked, button.hidden], [0, false]);
  fire(button, "click");
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(words.textContent, "Peut.");
  assert.deepEqual([asked, button.hidden], [1, true]);
});

test("once refused, only the browser's own settings help", () => {
  const { words, button } = start({ permission: "denied" });
  assert.equal(words.textContent, "Refuse.");
  assert.equal(button.hidden, true);
});

test("where the browser knows no notices nothing is shown", () => {
  assert.equal(start(undefined).element.hidden, true);
});
