import assert from "node:assert/strict";
import { test } from "node:test";
import { recipientChips } from "./recipient-chips.ts";
import { fire, page } from "../kernel/testing-page.ts";

const chip = (field: string, other: string, name: string) => `<li draggable="true" title="${name}@x.fr">
  <details><summary class="person-open">${name}</summary><div class="menu-panel">
    <button name="deplacer" data-to="${other}"></button><button name="modifier"></button></div></details>
  <input type="hidden" name="${field}" value="${name}@x.fr"><button name="retirer"></button></li>`;
const html = `<form><div data-behaviour="recipient-chips">
  <div data-field="a"><ul>${chip("a", "cc", "un")}${chip("a", "cc", "deux")}<li><input role="combobox" id="ajout-a"></li></ul></div>
  <div data-field="cc"><ul>${chip("cc", "a", "trois")}<li><input role="combobox" id="ajout-cc"></li></ul></div></div></form>`;

function start() {
  const { element, document, window, leave } = page(html);
  globalThis.CustomEvent = window.CustomEvent;
  const pressed: string[] = [];
  let focused = "";
  for (const one of element.querySelectorAll<HTMLElement>("button, summary, input")) {
    one.focus = () => void (focused = one.id || one.textContent || "");
    (one as HTMLInputElement).select = () => undefined;
  }
  recipientChips(element, leave.signal);
  for (const one of element.querySelectorAll<HTMLButtonElement>("button")) {
    one.click = () => void pressed.push(`${one.name} ${one.closest("li")!.title} ${one.dataset["to"] ?? ""}`.trim());
  }
  const of = (name: string) => element.querySelector<HTMLElement>(`[title="${name}@x.fr"]`)!;
  const box = (name: string) => document.getElementById(`ajout-${name}`) as HTMLInputElement;
  return { element, of, box, pressed, focused: () => focused };
}

test("a chip let fall on another list presses its own button for that list", () => {
  const { of, box, pressed } = start();
  fire(of("un"), "dragstart");
  assert.ok(fire(box("cc"), "dragover").defaultPrevented);
  assert.ok(box("cc").closest("[data-field]")!.hasAttribute("data-over"));
  fire(box("cc"), "drop");
  assert.deepEqual(pressed, ["deplacer un@x.fr cc"]);
});

test("let fall where it was, or what is no chip of ours: nothing is pressed", () => {
  const { of, box, pressed } = start();
  fire(of("un"), "dragstart");
  fire(box("a"), "drop");
  fire(of("un"), "dragend");
  assert.ok(!fire(box("cc"), "drop").defaultPrevented);
  assert.deepEqual(pressed, []);
});

test("arrows go from chip to chip and into the box, Alt moves to the list beside, Delete takes away", () => {
  const { of, box, pressed, focused } = start();
  fire(box("a"), "keydown", { key: "ArrowLeft" });
  assert.equal(focused(), "deux");
  const name = of("deux").querySelector("summary")!;
  fire(name, "keydown", { key: "ArrowRight" });
  assert.equal(focused(), "ajout-a");
  fire(name, "keydown", { key: "ArrowDown", altKey: true });
  fire(of("trois").querySelector("summary")!, "keydown", { key: "ArrowUp", altKey: true });
  fire(name, "keydown", { key: "Delete" });
  assert.deepEqual(pressed, ["deplacer deux@x.fr cc", "deplacer trois@x.fr a", "retirer deux@x.fr"]);
});

test("while something is typed the arrows are the box's own", () => {
  const { box, focused } = start();
  box("a").value = "zo";
  assert.ok(!fire(box("a"), "keydown", { key: "ArrowLeft" }).defaultPrevented);
  assert.equal(focused(), "");
});

test("what is to be mended goes back into the box without asking anybody, and what was typed there is kept first", () => {
  const { of, box, focused } = start();
  let kept = "";
  box("a").value = "zola";
  box("a").addEventListener("keep", (event) => (kept = (event as CustomEvent<string>).detail));
  const button = of("un").querySelector("[name=modifier]")!;
  const event = fire(button, "click");
  assert.ok(event.defaultPrevented);
  assert.equal(kept, "zola");
  assert.equal(box("a").value, "un@x.fr");
  assert.equal(focused(), "ajout-a");
  assert.ok(!button.isConnected);
});
