import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../kernel/testing-page.ts";
import { pdfOpening } from "./pdf-opening.ts";

test("a password is asked for, a wrong one is said, and nothing is sent", () => {
  const { window, element, leave } = page(`<div data-behaviour="pdf-pages"><p role="status">Dessin…</p>
    <form hidden><input><p role="alert"></p><template>Ce n’est pas le bon.</template></form></div>`);
  const { askPassword } = pdfOpening(element, leave.signal);
  const status = element.querySelector<HTMLElement>("[role=status]")!, alert = element.querySelector("[role=alert]")!;
  const form = element.querySelector("form")!, field = element.querySelector("input")!;
  const given: string[] = [];
  const answer = (word: string): Event => {
    field.value = word;
    const event = new window.Event("submit", { cancelable: true });
    form.dispatchEvent(event);
    return event;
  };
  askPassword((word) => given.push(word), 1);
  assert.deepEqual([form.hidden, status.hidden, alert.textContent], [false, true, ""]);
  assert.ok(answer("faux").defaultPrevented);
  assert.deepEqual([form.hidden, status.hidden], [true, false]);
  askPassword((word) => given.push(word), 2);
  assert.deepEqual([alert.textContent, field.value, field.getAttribute("aria-invalid")], ["Ce n’est pas le bon.", "", "true"]);
  answer("juste");
  assert.deepEqual(given, ["faux", "juste"]);
});

test("a page that is left asks for nothing", () => {
  const { element, leave } = page(`<div data-behaviour="pdf-pages"><form hidden><input></form></div>`);
  leave.abort();
  pdfOpening(element, leave.signal).askPassword(() => undefined, 1);
  assert.ok(element.querySelector("form")!.hidden);
});
