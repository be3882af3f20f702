import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { people } from "./people.ts";

const LINE = `<form><ul><li><button id="first"></button></li><li><button id="last"></button></li>
<li><input name="to" data-behaviour="people"></li></ul></form>`;

function line(): { input: HTMLInputElement; form: HTMLFormElement; sent: () => number } {
  const { element, document, leave } = page(LINE);
  const form = document.querySelector("form")!;
  let sent = 0;
  form.requestSubmit = () => void sent++;
  Object.defineProperty(element, "form", { value: form });
  people(element, leave.signal);
  return { input: element as HTMLInputElement, form, sent: () => sent };
}

test("Enter keeps what is typed and frees the box at once", () => {
  const { input, form, sent } = line();
  input.value = "a@b.example";
  assert.equal(fire(input, "keydown", { key: "Enter" }).defaultPrevented, true);
  assert.equal(input.value, "");
  assert.equal(form.querySelector<HTMLInputElement>("input[type=hidden]")!.value, "a@b.example");
  assert.equal(sent(), 1);
});

test("leaving the box keeps it too; an empty box sends nothing", () => {
  const { input, sent } = line();
  fire(input, "blur");
  assert.equal(sent(), 0);
  input.value = "a@b.example";
  fire(input, "blur");
  assert.equal(sent(), 1);
});

test("Enter that ends the writing of a character is left alone", () => {
  const { input, sent } = line();
  input.value = "日本";
  assert.equal(fire(input, "keydown", { key: "Enter", isComposing: true }).defaultPrevented, false);
  assert.equal(sent(), 0);
});

test("Backspace in the empty box takes the last one away, never another", () => {
  const { input, form } = line();
  const pressed: string[] = [];
  for (const button of form.querySelectorAll("button")) button.addEventListener("click", () => pressed.push(button.id));
  fire(input, "keydown", { key: "Backspace" });
  assert.deepEqual(pressed, ["last"]);
  input.value = "a";
  fire(input, "keydown", { key: "Backspace" });
  assert.deepEqual(pressed, ["last"]);
});
