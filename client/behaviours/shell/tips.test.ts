import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { tips } from "./tips.ts";

const form = (offered: string) =>
  `<h1 data-plane-heading="list" tabindex="-1"></h1><form data-behaviour="tips" data-offered="${offered}" hx-target="#line"><input name="astuce"></form><div id="line"></div>`;

function start(more: string, offered = "several operators") {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { document, window, element, leave } = page(form(offered) + more);
  Object.assign(globalThis, { CustomEvent: (window as unknown as { CustomEvent: unknown }).CustomEvent });
  const asked: string[] = [];
  element.addEventListener("earned", () => void asked.push(element.querySelector<HTMLInputElement>("input")!.value));
  tips(element, leave.signal);
  const press = (detail = 1): void => void fire(document.querySelector("[data-earns]")!, "click", { detail });
  return { document, element, asked, press, rest: () => mock.timers.reset() };
}

const button = `<button data-earns="several 3">Delete</button>`;

test("pressed three times in a row with the mouse, it is asked for once things are calm, and once only", () => {
  const { asked, press, rest } = start(button);
  press(); press();
  mock.timers.tick(3000);
  assert.deepEqual(asked, []);
  press(); press();
  assert.deepEqual(asked, []);
  mock.timers.tick(3000);
  assert.deepEqual(asked, ["several"]);
  press();
  mock.timers.tick(9000);
  assert.deepEqual(asked, ["several"]);
  rest();
});

test("keys, and presses far apart, earn nothing", () => {
  const { asked, press, rest } = start(button);
  for (let n = 0; n < 4; n++) press(0);
  for (let n = 0; n < 4; n++) { press(); mock.timers.tick(21_000); }
  assert.deepEqual(asked, []);
  rest();
});

test("what is there earns one, when it is still offered", () => {
  const there = `<b data-hints="operators"></b>`;
  const first = start(there);
  mock.timers.tick(3000);
  assert.deepEqual(first.asked, ["operators"]);
  first.rest();
  const second = start(there, "several");
  mock.timers.tick(3000);
  assert.deepEqual(second.asked, []);
  second.rest();
});

test("nobody is interrupted: not while one types, not while a letter is open", () => {
  const { document, asked, rest } = start(`<section data-letter="k"></section><p></p>`);
  document.querySelector("p")!.setAttribute("data-hints", "operators");
  fire(document.body, "htmx:after:swap");
  mock.timers.tick(3000);
  assert.deepEqual(asked, []);
  document.querySelector("section")!.remove();
  fire(document.body, "htmx:after:swap");
  mock.timers.tick(2000);
  fire(document.body, "keydown", { key: "a" });
  mock.timers.tick(2000);
  assert.deepEqual(asked, []);
  mock.timers.tick(3000);
  assert.deepEqual(asked, ["operators"]);
  rest();
});

test("understood, its line is empty and the list has the focus", () => {
  const { document, rest } = start("");
  const line = document.getElementById("line")!;
  line.innerHTML = `<p>Words</p><button data-away></button>`;
  let focused = 0;
  document.querySelector<HTMLElement>("h1")!.focus = () => void (focused += 1);
  fire(line.querySelector("button")!, "click", { detail: 0 });
  assert.equal(line.textContent, "");
  assert.equal(focused, 1);
  rest();
});
