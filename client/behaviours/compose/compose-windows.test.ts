import assert from "node:assert/strict";
import { test } from "node:test";
import { composeWindows, unfold } from "./compose-windows.ts";
import { fire, page, screen, sheet } from "../kernel/testing-page.ts";
import { inSight, letterOf, sheetOf } from "./compose-window.ts";

function start(places: number, open = "") {
  const { document, window, element, leave } = page(`<div id="ecrire" data-behaviour="compose-windows">${open}</div>`);
  screen(window, places);
  const heard: string[] = [];
  for (const name of ["folded", "unfolded", "hurry"]) {
    document.addEventListener(name, (event) => heard.push(`${name} ${letterOf(event.target as HTMLElement)}`));
  }
  composeWindows(element, leave.signal);
  const show = (html: string): void => {
    element.insertAdjacentHTML("beforeend", html);
    fire(document, "htmx:after:swap");
  };
  const shown = (): string[] => inSight(document).map(letterOf);
  const at = (letter: string): HTMLElement => sheetOf(document, letter)!;
  return { document, window, element, leave, heard, show, shown, at };
}

test("as many as the screen has room for; one more folds the oldest, which saves itself", () => {
  const { show, shown, at, heard, leave } = start(2, sheet("k1"));
  let saved = 0;
  at("k1").querySelector("form")!.addEventListener("hurry", () => (saved += 1));
  show(sheet("k2"));
  assert.deepEqual(shown(), ["k1", "k2"]);
  show(sheet("k3"));
  assert.deepEqual(shown(), ["k2", "k3"]);
  assert.deepEqual([at("k1").hidden, saved, heard], [true, 1, ["folded k1"]]);
  leave.abort();
});

test("one on which nothing was written makes room by going", () => {
  const { show, shown, at, heard, leave } = start(1, sheet("k1", "", "empreinte"));
  show(sheet("k2", "", "empreinte", 1));
  show(sheet("k3"));
  assert.deepEqual([shown(), heard], [["k3"], ["folded k2"]]);
  assert.equal(at("k1"), undefined);
  leave.abort();
});

test("a folded one that the server refuses is shown with what it says, and is not sent again for that", () => {
  const { document, at, show, shown, heard, leave } = start(1, sheet("k1"));
  const saves: string[] = [];
  const listen = (letter: string): void => at(letter).querySelector("form")!.addEventListener("hurry", () => saves.push(letter));
  listen("k1");
  show(sheet("k2"));
  listen("k2");
  at("k1").outerHTML = sheet("k1").replace("<form>", `<form><div role="alert"><p class="notice"></p></div>`);
  listen("k1");
  fire(document, "htmx:after:swap");
  assert.deepEqual([shown(), heard, saves], [["k1"], ["folded k1", "folded k2"], ["k1", "k2"]]);
  unfold(at("k2"));
  assert.deepEqual([shown(), saves], [["k2"], ["k1", "k2"]]);
  leave.abort();
});

test("unfolded it is the last, and another one folds for it", () => {
  const { show, shown, at, heard, leave } = start(2, sheet("k1"));
  for (const letter of ["k2", "k3"]) show(sheet(letter));
  unfold(at("k1"));
  assert.deepEqual(shown(), ["k3", "k1"]);
  assert.deepEqual(heard, ["folded k1", "folded k2", "unfolded k1"]);
  leave.abort();
});

test("a letter that is open already stays as it is, and comes to the front", () => {
  const { show, shown, at, leave } = start(1, sheet("k1", "tapé"));
  show(sheet("k2"));
  show(sheet("k1", "du serveur"));
  assert.deepEqual(shown(), ["k1"]);
  assert.equal(at("k1").querySelector<HTMLInputElement>("[name=objet]")!.getAttribute("value"), "tapé");
  leave.abort();
});

test("its button folds it and sends nothing; Escape presses the button, unless something else took it", () => {
  const { document, at, heard, leave } = start(2, sheet("k1") + sheet("k2"));
  const [form, button] = ["form", "[name=reduire]"].map((part) => at("k1").querySelector<HTMLElement>(part)!) as [HTMLElement, HTMLElement];
  const event = fire(form, "submit", { submitter: button });
  assert.deepEqual([event.defaultPrevented, at("k1").hidden, heard], [true, true, ["folded k1"]]);
  let pressed = 0;
  at("k2").querySelector("[name=reduire]")!.addEventListener("click", () => (pressed += 1));
  const field = at("k2").querySelector("[name=objet]")!;
  const taken = (event: Event): void => event.preventDefault();
  field.addEventListener("keydown", taken);
  fire(field, "keydown", { key: "Escape" });
  field.removeEventListener("keydown", taken);
  fire(field, "keydown", { key: "Escape" });
  assert.equal(pressed, 1);
  assert.equal(document.querySelectorAll(".composer").length, 2);
  leave.abort();
});

test("a smaller screen folds, and throws nothing away", () => {
  const { window, shown, heard, leave } = start(3, sheet("k1", "", "empreinte") + sheet("k2") + sheet("k3"));
  screen(window, 1);
  window.dispatchEvent(new window.Event("resize"));
  assert.deepEqual([shown(), heard], [["k3"], ["folded k1", "folded k2"]]);
  leave.abort();
});

test("a request of a sheet says which one stands in front; others say nothing", () => {
  const { document, at, leave } = start(2, sheet("k1") + sheet("k2"));
  const asked = (target: Node): Record<string, string> => {
    const request = { headers: {} as Record<string, string> };
    fire(target, "htmx:config:request", { detail: { ctx: { request } } });
    return request.headers;
  };
  assert.equal(asked(at("k1").querySelector("form")!)["X-Devant"], "k2");
  assert.deepEqual(asked(document.body), {});
  for (const letter of ["k1", "k2"]) at(letter).hidden = true;
  assert.equal(asked(at("k1"))["X-Devant"], "");
  leave.abort();
});
