import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceFilter } from "./choice-filter.ts";
import { fire, page } from "../kernel/testing-page.ts";

function start(hover = true) {
  const { window, element, leave } = page(
    `<details open><summary>Ranger</summary><div><input type="search" hidden data-behaviour="choice-filter">
     <button>Archives</button><button>Année 2025 › Élèves</button><button>Année 2026 › Élèves</button></div></details>`,
  );
  Object.assign(window, { matchMedia: () => ({ matches: hover }) });
  const box = element as HTMLInputElement;
  const menu = box.closest("details")!;
  Object.defineProperty(menu, "open", { value: true, configurable: true });
  let focused = 0;
  box.focus = () => void (focused += 1);
  const pressed: string[] = [];
  for (const one of menu.querySelectorAll("button")) one.addEventListener("click", () => pressed.push(one.textContent!));
  choiceFilter(box, leave.signal);
  const type = (words: string): string[] => {
    box.value = words;
    fire(box, "input");
    return [...menu.querySelectorAll("button")].filter((one) => !one.hidden).map((one) => one.textContent!);
  };
  return { box, menu, type, pressed, focused: () => focused };
}

test("every word must be there, whatever its place, its accents and its capitals", () => {
  const { box, type } = start();
  assert.equal(box.hidden, false);
  assert.deepEqual(type("eleves 2026"), ["Année 2026 › Élèves"]);
  assert.equal(type("ELEV").length, 2);
  assert.equal(type(" ").length, 3);
  assert.deepEqual(type("zzz"), []);
});

test("Enter presses the first that is left, never the form's own button", () => {
  const { box, type, pressed } = start();
  assert.ok(fire(box, "keydown", { key: "Enter" }).defaultPrevented);
  assert.deepEqual(pressed, []);
  type("annee");
  fire(box, "keydown", { key: "Enter" });
  assert.deepEqual(pressed, ["Année 2025 › Élèves"]);
  type("zzz");
  fire(box, "keydown", { key: "Enter" });
  assert.equal(pressed.length, 1);
});

test("opened again, the whole list is there, and the box has the focus where nothing covers the list", () => {
  const { box, menu, type, focused } = start();
  type("zzz");
  fire(menu, "toggle");
  assert.equal(box.value, "");
  assert.equal(menu.querySelectorAll("button:not([hidden])").length, 3);
  assert.equal(focused(), 1);
  const finger = start(false);
  fire(finger.menu, "toggle");
  assert.equal(finger.focused(), 0);
});

test("of a list that is no menu the lines are kept, and Enter follows the link of the first", () => {
  const { element, document, leave } = page(
    `<details><div><input type="search" hidden data-behaviour="choice-filter" data-choices=".file">
     <button>Autre</button><ul><li class="file"><a>Fiche 041</a></li><li class="file"><a>Fiche 042</a></li></ul></div></details>`,
  );
  const box = element as HTMLInputElement;
  choiceFilter(box, leave.signal);
  const followed: string[] = [];
  for (const one of document.querySelectorAll("a")) one.addEventListener("click", () => followed.push(one.textContent!));
  box.value = "042";
  fire(box, "input");
  assert.deepEqual([...document.querySelectorAll<HTMLElement>("li, button")].map((one) => one.hidden), [false, true, false]);
  fire(box, "keydown", { key: "Enter" });
  fire(document.querySelector("details")!, "toggle");
  assert.deepEqual([followed, box.value], [["Fiche 042"], "042"]);
});

test("drawn over, the box is hidden again until the menu opens", () => {
  const { box, menu, focused } = start();
  box.hidden = true;
  fire(menu, "toggle");
  assert.equal(box.hidden, false);
  assert.equal(focused(), 1);
});
