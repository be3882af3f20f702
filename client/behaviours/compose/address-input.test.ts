import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page, said } from "../kernel/testing-page.ts";
import { addressInput } from "./address-input.ts";

const html = `<form><ul><li><button name="retirer">×</button></li><li><input name="a" data-behaviour="address-input"></li></ul></form>`;

function start() {
  const { element, leave } = page(html);
  const input = element as HTMLInputElement;
  const form = input.closest("form")!;
  let sent = 0;
  Object.defineProperty(input, "form", { value: form });
  form.requestSubmit = () => void (sent += 1);
  addressInput(input, leave.signal);
  return { input, form, sent: () => sent };
}

test("Enter keeps what is typed at once, and leaves the box free", () => {
  const { input, form, sent } = start();
  input.value = "jean@x.fr";
  const event = fire(input, "keydown", { key: "Enter" });
  assert.ok(event.defaultPrevented);
  assert.equal(sent(), 1);
  assert.equal(input.value, "");
  assert.equal(form.querySelector<HTMLInputElement>("input[type=hidden]")!.value, "jean@x.fr");
});

test("Enter in the empty box, or while a sign is composed, is left alone", () => {
  const { input, sent } = start();
  assert.ok(!fire(input, "keydown", { key: "Enter" }).defaultPrevented);
  input.value = "é";
  assert.ok(!fire(input, "keydown", { key: "Enter", isComposing: true }).defaultPrevented);
  assert.equal(sent(), 0);
});

test("leaving the box keeps; Backspace in the empty one takes the last away", () => {
  const { input, form, sent } = start();
  let removed = 0;
  form.querySelector("button")!.click = () => void (removed += 1);
  fire(input, "keydown", { key: "Backspace" });
  assert.equal(removed, 1);
  input.value = "jean@x.fr";
  fire(input, "keydown", { key: "Backspace" });
  assert.equal(removed, 1);
  fire(input, "blur");
  assert.equal(sent(), 1);
});

test("Tab keeps, and so does a comma after an address; one within a name does not", () => {
  const { input, sent } = start();
  input.value = "jean@x.fr";
  assert.ok(fire(input, "keydown", { key: "Tab" }).defaultPrevented);
  assert.ok(!fire(input, "keydown", { key: "Tab" }).defaultPrevented);
  input.value = "Dupont";
  assert.ok(!fire(input, "keydown", { key: "," }).defaultPrevented);
  input.value = "zoe@x.fr";
  assert.ok(fire(input, "keydown", { key: "," }).defaultPrevented);
  assert.equal(sent(), 2);
});

test("several addresses that are pasted are kept at once, one goes into the box", () => {
  const { input, form, sent } = start();
  const paste = (text: string) => fire(input, "paste", { clipboardData: { getData: () => text } });
  assert.ok(!paste("jean@x.fr").defaultPrevented);
  assert.ok(!paste("Dupont, Jean <jean@x.fr>").defaultPrevented);
  assert.ok(paste("Jean <jean@x.fr>, zoe@x.fr;\r\npaul@x.fr").defaultPrevented);
  assert.equal(sent(), 1);
  assert.equal(form.querySelector<HTMLInputElement>("input[type=hidden]")!.value, "Jean <jean@x.fr>, zoe@x.fr;\r\npaul@x.fr");
});

test("a better value than what is typed is kept in its place", () => {
  const { input, form, sent } = start();
  input.value = "zo";
  fire(input, "keep", { detail: "Zoe <zoe@x.fr>" });
  assert.equal(sent(), 1);
  assert.equal(form.querySelector<HTMLInputElement>("input[type=hidden]")!.value, "Zoe <zoe@x.fr>");
});

test("an address that is kept is said, by its name if it has one; a word that is none is not", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { document, element, leave } = page(
    `<form><input name="a" aria-controls="l" data-taken="Added: %s" data-taken-many="%s added" data-behaviour="address-input"></form><div><ul id="l"></ul></div>`,
  );
  const input = element as HTMLInputElement;
  addressInput(input, leave.signal);
  const keeps = (value: string): string => {
    input.dispatchEvent(Object.assign(new (document.defaultView!.Event)("keep"), { detail: value }));
    return said(document);
  };
  assert.equal(keeps('"Zoé Roux" <zoe@x.fr>'), "Added: Zoé Roux");
  assert.equal(keeps("a@x.fr"), "Added: a@x.fr");
  assert.equal(keeps("Dupont, Jean <jean@x.fr>"), "Added: Dupont, Jean");
  assert.equal(keeps("Jean <jean@x.fr>, zoe@x.fr;\r\npaul@x.fr"), "3 added");
  assert.equal(keeps("mar"), "");
  leave.abort();
  mock.timers.reset();
});
