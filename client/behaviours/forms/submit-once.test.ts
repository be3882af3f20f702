import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { submitOnce } from "./submit-once.ts";

const FORM = `<form data-behaviour="submit-once"><button>Send</button></form>`;

test("a second press is dropped, and the label says that it is on its way", () => {
  const { element, document, leave } = page(FORM);
  submitOnce(element, leave.signal);
  const button = document.querySelector("button")!;
  assert.equal(fire(element, "submit", { submitter: button }).defaultPrevented, false);
  assert.equal(button.textContent, "Send…");
  assert.equal(button.getAttribute("aria-disabled"), "true");
  assert.equal(fire(element, "submit", { submitter: button }).defaultPrevented, true);
  assert.equal(button.textContent, "Send…");
});

test("the answer gives the button back", () => {
  const { element, document, leave } = page(FORM);
  submitOnce(element, leave.signal);
  const button = document.querySelector("button")!;
  fire(element, "submit", { submitter: button });
  fire(element, "htmx:finally:request");
  assert.equal(button.textContent, "Send");
  assert.equal(button.hasAttribute("aria-disabled"), false);
  assert.equal(fire(element, "submit", { submitter: button }).defaultPrevented, false);
});
