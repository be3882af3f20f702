import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { nativeLabel } from "./native-label.ts";

function start(input: string, language = "fr") {
  const { document, element, leave } = page(
    `<span data-behaviour="native-label" data-empty="Choisir" data-many="{n} fichiers">${input}</span>`);
  document.documentElement.lang = language;
  nativeLabel(element, leave.signal);
  return { control: element.querySelector("input")!, element, leave, label: () => element.querySelector("span") };
}

test("a date is written in the page's language, and an empty one is a request", () => {
  const { control, label } = start('<input type="date" value="2026-12-09">');
  assert.equal(label()!.textContent, "mer. 9 déc. 2026");
  control.value = "";
  fire(control, "input");
  assert.equal(label()!.textContent, "Choisir");
  assert.equal(label()!.className, "native-words native-empty");
});

test("an hour has 24 hours in French", () => {
  assert.equal(start('<input type="time" value="17:05">').label()!.textContent, "17:05");
  assert.match(start('<input type="datetime-local" value="2026-12-09T17:05">').label()!.textContent, /^mer\. 9 déc\. 2026.*17:05$/);
});

test("one file is its name, several are counted", () => {
  const { control, label } = start('<input type="file">');
  assert.equal(label()!.textContent, "Choisir");
  Object.defineProperty(control, "files", { value: [{ name: "a.pdf" }], configurable: true });
  fire(control, "change");
  assert.equal(label()!.textContent, "a.pdf");
  Object.defineProperty(control, "files", { value: [{ name: "a.pdf" }, { name: "b.pdf" }] });
  fire(control, "change");
  assert.equal(label()!.textContent, "2 fichiers");
});

test("who types sees the control itself, until it is left", () => {
  const { control, element } = start('<input type="date">');
  fire(control, "keydown", { key: "Tab" });
  assert.equal(element.dataset["typing"], undefined);
  fire(control, "keydown", { key: "1" });
  assert.equal(element.dataset["typing"], "");
  fire(control, "blur");
  assert.equal(element.dataset["typing"], undefined);
});

test("the words leave with the behaviour", () => {
  const { leave, label } = start('<input type="date">');
  leave.abort();
  assert.equal(label(), null);
});
