import assert from "node:assert/strict";
import { test } from "node:test";
import { offline } from "./offline.ts";
import { fire, page } from "./page.ts";

const BAR = `<p data-behaviour="offline" hidden>No answer</p>`;

test("only a request without any answer shows the bar", () => {
  const { element, document, leave } = page(BAR);
  offline(element, leave.signal);
  fire(document, "htmx:error", { detail: { ctx: { response: { status: 500 } } } });
  assert.equal(element.hidden, true);
  fire(document, "htmx:error", { detail: { ctx: {} } });
  assert.equal(element.hidden, false);
  fire(document, "htmx:before:response");
  assert.equal(element.hidden, true);
});
