import assert from "node:assert/strict";
import { test } from "node:test";
import { offlineBar } from "./offline-bar.ts";
import { fire, page } from "../kernel/testing-page.ts";

const BAR = `<p data-behaviour="offline-bar" hidden>No answer</p>`;

test("only a request without any answer shows the bar", () => {
  const { element, document, leave } = page(BAR);
  offlineBar(element, leave.signal);
  fire(document, "htmx:error", { detail: { ctx: { response: { status: 500 } } } });
  assert.equal(element.hidden, true);
  fire(document, "htmx:error", { detail: { ctx: {} } });
  assert.equal(element.hidden, false);
  fire(document, "htmx:before:response", { detail: { ctx: { response: { status: 200 } } } });
  assert.equal(element.hidden, true);
});

test("the page of the proxy in front is not placed inside this one", () => {
  const { element, document, leave } = page(BAR);
  offlineBar(element, leave.signal);
  const event = fire(document, "htmx:before:response", { detail: { ctx: { response: { status: 502 } } } });
  assert.equal(event.defaultPrevented, true);
  assert.equal(element.hidden, false);
});
