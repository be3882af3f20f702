import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page, storage } from "../kernel/testing-page.ts";
import { signOutQuestion } from "./sign-out-question.ts";

function start(value: string) {
  const { window, document, element, leave } = page(
    `<form action="/fin/"><button>Partir</button></form><form action="/autre/" id="autre"></form>
    <dialog data-behaviour="sign-out-question" data-owner="moi" data-url="/fin/"><button data-close></button><button data-leave></button></dialog>`,
  );
  const store = storage();
  store.setItem("lettre:moi:k1:w1", value);
  Object.defineProperty(window, "localStorage", { value: store, configurable: true });
  const done: string[] = [];
  const form = document.querySelector("form")!;
  Object.assign(element, { showModal: () => done.push("asked"), close: () => done.push("closed") });
  Object.assign(form, { requestSubmit: () => (fire(form, "submit").defaultPrevented ? null : done.push("left")) });
  signOutQuestion(element, leave.signal);
  return { document, element, form, done };
}

test("who signs out while a letter waits is asked, and may leave all the same", () => {
  const { document, element, form, done } = start("moi 5 1 AAAA");
  assert.equal(fire(document.getElementById("autre")!, "submit").defaultPrevented, false);
  assert.equal(fire(form, "submit").defaultPrevented, true);
  element.querySelector<HTMLElement>("[data-close]")!.click();
  assert.equal(fire(form, "submit").defaultPrevented, true);
  element.querySelector<HTMLElement>("[data-leave]")!.click();
  assert.deepEqual(done, ["asked", "closed", "asked", "closed", "left"]);
});

test("what is somebody else's, or no more than a copy, asks nothing", () => {
  for (const value of ["autre 5 1 AAAA", "moi 5 0 AAAA"]) assert.equal(fire(start(value).form, "submit").defaultPrevented, false);
});
