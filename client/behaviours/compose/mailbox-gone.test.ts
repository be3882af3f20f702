import assert from "node:assert/strict";
import { test } from "node:test";
import { mailboxGone } from "./mailbox-gone.ts";
import { page } from "../kernel/testing-page.ts";

test("letters of the page are told to save at once", () => {
  const { document, element } = page(`<i data-behaviour="mailbox-gone"></i>`);
  let saved = 0;
  document.body.addEventListener("back", () => (saved += 1));
  mailboxGone(element);
  assert.equal(saved, 1);
});
