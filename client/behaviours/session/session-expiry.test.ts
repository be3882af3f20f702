import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { fire, page, type Page } from "../kernel/testing-page.ts";
import { sessionExpiry } from "./session-expiry.ts";

const SOON = `<dialog role="alertdialog"><form><button data-stays>Rester connecté</button></form></dialog>`;

// The clock of the page and its timers go together, unless the computer sleeps.
function begun(html: string): Page & { asked: () => number; said: string[]; pass: (ms: number) => void; sleep: (ms: number) => void } {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const here = page(html);
  Object.assign(globalThis, { CustomEvent: here.window.CustomEvent });
  let clock = 0, asked = 0;
  const said: string[] = [];
  const dialog = here.document.querySelector("dialog");
  if (dialog) Object.assign(dialog, { showModal: () => said.push("opened"), close: () => said.push("closed") });
  const typed = here.document.querySelector("textarea");
  if (typed) Object.defineProperty(here.document, "activeElement", { value: typed });
  const stays = here.document.querySelector<HTMLElement>("[data-stays]");
  if (stays) stays.focus = () => void said.push("focused");
  here.element.addEventListener("asks", () => (asked += 1));
  const pass = (ms: number): void => ((clock += ms), mock.timers.tick(ms));
  sessionExpiry(here.element, here.leave.signal, () => clock);
  return { ...here, asked: () => asked, said, pass, sleep: (ms) => void (clock += ms) };
}

const plain = (): ReturnType<typeof begun> => begun(`<div data-behaviour="session-expiry" data-asks="3360"></div>`);
const soon = (more = ""): ReturnType<typeof begun> => begun(`${more}<div data-behaviour="session-expiry" data-asks="1">${SOON}</div>`);

test("the page asks once the time is over, and again until it is answered", () => {
  const { asked, pass, leave } = plain();
  pass(3_359_000);
  assert.equal(asked(), 0);
  pass(1_000);
  assert.equal(asked(), 1);
  pass(10_000);
  assert.equal(asked(), 2);
  leave.abort(); // the answer has taken its place
  pass(60_000);
  assert.equal(asked(), 2);
});

test("looked at again after a sleep it asks at once, before that it does not", () => {
  const { asked, sleep, document } = plain();
  fire(document, "visibilitychange");
  assert.equal(asked(), 0);
  sleep(4_000_000);
  fire(document, "visibilitychange");
  assert.equal(asked(), 1);
});

test("the end is near: it opens on its first button, and asks whether another tab goes on", () => {
  const { asked, said, pass, document } = soon();
  assert.deepEqual(said, ["opened", "focused"]);
  pass(10_000);
  assert.equal(asked(), 1);
  fire(document, "visibilitychange"); // back from that tab: no waiting
  assert.equal(asked(), 2);
});

test("Escape stays, and the focus goes back to where it was", () => {
  const { said, document, element, leave } = soon(`<button id="before"></button>`);
  let pressed = 0;
  document.querySelector("[data-stays]")!.addEventListener("click", () => (pressed += 1));
  const escape = fire(document.querySelector("dialog")!, "cancel");
  assert.ok(escape.defaultPrevented);
  assert.equal(pressed, 1);
  assert.deepEqual(said, ["opened", "focused"]); // the answer of the server takes it away
  element.remove();
  leave.abort();
});

test("ended all the same, it makes room for the dialog that asks to sign in, and asks once one is back", () => {
  const { asked, said, pass, document } = soon();
  fire(document.body, "session-ended");
  assert.equal(said.at(-1), "closed");
  pass(600_000);
  fire(document, "visibilitychange");
  assert.equal(asked(), 0);
  fire(document.body, "back");
  assert.equal(asked(), 1);
});

test("what cannot be put off is only closed", () => {
  const { said, document } = begun(`<div data-behaviour="session-expiry" data-asks="1"><dialog><button data-stays>Continuer</button></dialog></div>`);
  fire(document.querySelector("[data-stays]")!, "click");
  assert.equal(said.at(-1), "closed");
});

test("ended while one was still typing, it does not open any more", () => {
  const typing = soon("<textarea></textarea>");
  typing.pass(900);
  assert.deepEqual(typing.said, ["opened", "focused"]); // at the pause
  const { said, pass, document } = soon("<textarea></textarea>");
  fire(document.body, "session-ended");
  pass(900);
  assert.deepEqual(said, ["closed"]);
});
