import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { shortcuts } from "./shortcuts.ts";

const html = `<div data-behaviour="shortcuts"><a data-key="n" href="/n/">N</a><input><input type="checkbox"></div>`;

function start() {
  const { document, window, element, leave } = page(html);
  let pressed = 0;
  element.querySelector<HTMLElement>("[data-key]")!.click = () => void (pressed += 1);
  shortcuts(element, leave.signal);
  return { document, window, element, pressed: () => pressed };
}

/** What is pressed, by its key. */
function told(element: HTMLElement): string[] {
  const pressed: string[] = [];
  for (const one of element.querySelectorAll<HTMLElement>("[data-key]")) one.click = () => void pressed.push(one.dataset["key"]!);
  return pressed;
}

test("a key presses what bears it", () => {
  const { element, pressed } = start();
  fire(element, "keydown", { key: "n" });
  fire(element, "keydown", { key: "z" });
  assert.equal(pressed(), 1);
});

test("not while typing, not with Control", () => {
  const { element, pressed } = start();
  fire(element.querySelector("input")!, "keydown", { key: "n" });
  fire(element, "keydown", { key: "n", ctrlKey: true });
  assert.equal(pressed(), 0);
  fire(element.querySelector("[type=checkbox]")!, "keydown", { key: "n" });
  assert.equal(pressed(), 1);
});

test("they can be turned off", () => {
  const { document, element, pressed } = start();
  document.documentElement.dataset["keys"] = "off";
  fire(element, "keydown", { key: "n" });
  assert.equal(pressed(), 0);
});

test("a second key does the same, and two keys are one when the second comes soon", () => {
  const { element, leave } = page(`<div data-behaviour="shortcuts"><a data-key="n" data-or="c"></a><a data-key="g i"></a><a data-key="i"></a></div>`);
  const pressed = told(element);
  shortcuts(element, leave.signal);
  const keys = (...all: [string, number][]) => {
    pressed.length = 0;
    for (const [key, at] of all) fire(element, "keydown", { key, timeStamp: at });
    return pressed.join(",");
  };
  assert.equal(keys(["c", 0]), "n");
  assert.equal(keys(["g", 0], ["i", 900]), "g i");
  assert.equal(keys(["g", 2000], ["Shift", 2100], ["i", 2200]), "g i");
  assert.equal(keys(["g", 4000], ["i", 9000]), "i");
  assert.equal(keys(["g", 10_000], ["n", 10_100]), ""); // a wrong second key does nothing of its own
  assert.equal(keys(["n", 10_200]), "n");
});

test("a key held down acts once", () => {
  const { element, pressed } = start();
  fire(element, "keydown", { key: "n" });
  fire(element, "keydown", { key: "n", repeat: true });
  assert.equal(pressed(), 1);
});

const WHERE = `<div data-behaviour="shortcuts"><form id="chosen" data-keys="first"><b data-key="e"></b><b data-key="v"></b></form>
  <ul><li data-value="1"><input type="checkbox" name="choix"><a></a><span data-tools><i data-key="e" id="row"></i></span></li>
  <li data-value="2"><a aria-current="true" id="open"></a><span data-tools><i data-key="e"></i></span></li><li data-value="3"><a data-key="g i" id="folder"></a></li></ul>
  <b data-key="e" id="page"></b><div data-answers="newest"><section data-keys id="older"><b data-key="f"></b></section><section data-keys id="newest"><b data-key="f"></b></section></div></div>`;

test("around the focus first, but not in the row of what is open; then the page, then what it is about", () => {
  const { window, document, element, leave } = page(WHERE);
  const unseen = document.getElementById("chosen")!;
  window.getComputedStyle = ((one: HTMLElement) => ({ visibility: unseen.contains(one) ? "hidden" : "visible" })) as typeof window.getComputedStyle;
  const pressed: string[] = [];
  for (const one of element.querySelectorAll<HTMLElement>("[data-key]")) one.click = () => void pressed.push(one.id || one.parentElement!.id);
  shortcuts(element, leave.signal);
  const key = (from: string, which: string) => fire(document.querySelector(from)!, "keydown", { key: which });
  key("li a", "e");
  key("#open", "e");
  key("#page", "f");
  key("#older", "f");
  key("#page", "g");
  key("#page", "i"); // an item may bear a key itself
  assert.deepEqual(pressed, ["row", "page", "newest", "older", "folder"]);
});

test("while a message is open and another row has the focus, what its toolbar bears is that row's act", () => {
  const { window, document, element, leave } = page(`<div data-behaviour="shortcuts"><form id="chosen" data-keys="first"><b data-key="J"></b></form>
    <ul><li data-value="1"><input type="checkbox" name="choix"><a></a></li><li data-value="2"><input type="checkbox" name="choix"><a aria-current="true" id="open"></a></li></ul><b data-key="J" id="toolbar"></b></div>`);
  const box = document.querySelector<HTMLInputElement>("input")!;
  box.click = () => void (box.checked = !box.checked);
  const form = document.getElementById("chosen")!;
  Object.defineProperty(box, "form", { value: form });
  window.getComputedStyle = ((one: HTMLElement) => ({ visibility: form.contains(one) && !box.checked ? "hidden" : "visible" })) as typeof window.getComputedStyle;
  const pressed: string[] = [];
  for (const one of element.querySelectorAll<HTMLElement>("[data-key]")) one.click = () => void pressed.push(one.id || one.parentElement!.id);
  shortcuts(element, leave.signal);
  fire(document.getElementById("open")!, "keydown", { key: "J" });
  assert.deepEqual([pressed, Boolean(box.checked)], [["toolbar"], false]);
  fire(document.querySelector("li a")!, "keydown", { key: "J" });
  assert.deepEqual([pressed, box.checked], [["toolbar", "chosen"], true]);
  window.getComputedStyle = (() => ({})) as unknown as typeof window.getComputedStyle; // linkedom has one for all pages
});

test("what only acts on the chosen chooses the row that has the focus, for that act; nothing where there is none", () => {
  const { window, document, element, leave } = page(WHERE);
  const box = document.querySelector<HTMLInputElement>("input")!;
  box.click = () => void (box.checked = !box.checked);
  const form = document.getElementById("chosen")!;
  Object.defineProperty(box, "form", { value: form });
  window.getComputedStyle = (() => ({ visibility: box.checked ? "visible" : "hidden" })) as unknown as typeof window.getComputedStyle;
  const pressed = told(element);
  shortcuts(element, leave.signal);
  fire(document.getElementById("page")!, "keydown", { key: "v" });
  assert.deepEqual([pressed.length, Boolean(box.checked)], [0, false]);
  fire(document.querySelector("li a")!, "keydown", { key: "v" });
  assert.deepEqual([pressed, box.checked], [["v"], true]);
  fire(document, "htmx:after:swap"); // news of the list, while its menu is open
  assert.ok(box.checked);
  fire(form, "submit");
  fire(document, "htmx:after:swap");
  assert.ok(!box.checked);
  window.getComputedStyle = (() => ({})) as unknown as typeof window.getComputedStyle; // linkedom has one for all pages
});

test("in a dialog or a letter nothing under it is pressed, nor what the page does not show yet", () => {
  const { element, leave } = page(`<div data-behaviour="shortcuts"><b data-key="e"></b><dialog><a></a></dialog><section class="composer" data-letter="x"><button></button></section><form hidden><b data-key="i"></b></form></div>`);
  const pressed = told(element);
  shortcuts(element, leave.signal);
  fire(element.querySelector("dialog a")!, "keydown", { key: "e" });
  fire(element.querySelector("button")!, "keydown", { key: "e" });
  fire(element, "keydown", { key: "i" });
  assert.deepEqual(pressed, []);
  fire(element, "keydown", { key: "e" });
  assert.deepEqual(pressed, ["e"]);
});

test("a dialog that is open has the keys wherever the focus is", () => {
  const { element, leave } = page(`<div data-behaviour="shortcuts"><b data-key="P" id="page"></b><dialog open><b data-key="P" id="over"></b></dialog></div>`);
  const pressed: string[] = [];
  for (const one of element.querySelectorAll<HTMLElement>("[data-key]")) one.click = () => void pressed.push(one.id);
  shortcuts(element, leave.signal);
  fire(element, "keydown", { key: "P" });
  element.querySelector("dialog")!.removeAttribute("open");
  fire(element, "keydown", { key: "P" });
  assert.deepEqual(pressed, ["over", "page"]);
});

test("a part of a closed menu opens with the menu, also when it was left open, and has the focus", () => {
  const { element, leave } = page(`<div data-behaviour="shortcuts"><details id="menu"><summary></summary><div><details id="part" open><summary data-key="v"></summary></details></div></details></div>`);
  const [menu, part, name] = ["#menu", "#part", "[data-key]"].map((one) => element.querySelector<HTMLElement>(one)!) as [HTMLElement, HTMLElement, HTMLElement];
  const did: string[] = [];
  name.focus = () => void did.push(`focused in ${menu.hasAttribute("open") ? "an open" : "a closed"} menu`);
  name.click = () => part.toggleAttribute("open");
  shortcuts(element, leave.signal);
  const open = () => [menu, part].map((one) => one.hasAttribute("open"));
  fire(element, "keydown", { key: "v" });
  assert.deepEqual([did, open()], [["focused in an open menu"], [true, true]]);
  fire(element, "keydown", { key: "v" });
  assert.deepEqual(open(), [true, false]);
});

test("a folded part that has the focus is opened by the key that means it, and nothing is done yet", () => {
  const { element, leave } = page(`<div data-behaviour="shortcuts"><b data-key="e" id="whole"></b><section data-keys data-alone="e"><a data-unfold id="line"></a></section></div>`);
  const pressed: string[] = [];
  for (const one of element.querySelectorAll<HTMLElement>("a, b")) one.click = () => void pressed.push(one.id);
  shortcuts(element, leave.signal);
  fire(element.querySelector("a")!, "keydown", { key: "x" }); // no key of the page
  fire(element.querySelector("a")!, "keydown", { key: "e" });
  assert.deepEqual(pressed, ["line"]);
});

test("what is made invisible leaves the key to the next that bears it", () => {
  const { window, element, leave } = page(`<div data-behaviour="shortcuts"><b data-key="e"></b><b data-key="e"></b></div>`);
  const [bulk, open] = [...element.querySelectorAll<HTMLElement>("b")] as [HTMLElement, HTMLElement];
  let unseen: HTMLElement | null = bulk;
  window.getComputedStyle = ((one: HTMLElement) => ({ visibility: one === unseen ? "hidden" : "visible" })) as typeof window.getComputedStyle;
  const pressed: HTMLElement[] = [];
  for (const one of [bulk, open]) one.click = () => void pressed.push(one);
  shortcuts(element, leave.signal);
  fire(element, "keydown", { key: "e" });
  unseen = null;
  fire(element, "keydown", { key: "e" });
  assert.deepEqual(pressed, [open, bulk]);
});

test("a key leads into its box with all that stands there chosen; pressed again at once it writes nothing", () => {
  const { document, element, leave } = page(`<div data-behaviour="shortcuts"><label for="q" data-key="/"></label><input id="q" value="martin"></div>`);
  const box = document.getElementById("q") as HTMLInputElement;
  let chosen = 0;
  box.select = () => void (chosen += 1);
  Object.defineProperty(element.querySelector("label"), "control", { value: box });
  shortcuts(element, leave.signal);
  fire(element, "keydown", { key: "/" });
  assert.equal(chosen, 1);
  Object.assign(box, { selectionStart: 0, selectionEnd: 6 });
  assert.ok(fire(box, "keydown", { key: "/" }).defaultPrevented);
  Object.assign(box, { selectionStart: 3, selectionEnd: 3 });
  assert.ok(!fire(box, "keydown", { key: "/" }).defaultPrevented);
  assert.equal(chosen, 2);
});

test("what was looked for in vain is chosen whole, to be typed over; a heading takes the focus, to go on from", () => {
  const { document, element, leave } = page(
    `<div data-behaviour="shortcuts"><input id="q" type="search" autofocus><h2 data-key="t" tabindex="-1"></h2></div>`,
  );
  const did: string[] = [];
  (document.getElementById("q") as HTMLInputElement).select = () => void did.push("chosen");
  document.querySelector("h2")!.focus = () => void did.push("focused");
  shortcuts(element, leave.signal);
  fire(document.getElementById("q")!, "focusin");
  fire(element, "keydown", { key: "t" });
  assert.deepEqual(did, ["chosen", "focused"]);
});

test("a page that begins in an empty box lets one go by the same key, and types once something stands there", () => {
  const { document, element, leave } = page(`<div data-behaviour="shortcuts"><input id="why" autofocus><a data-key="/" href="/"></a></div>`);
  let gone = 0;
  element.querySelector("a")!.click = () => void (gone += 1);
  shortcuts(element, leave.signal);
  const box = document.getElementById("why") as HTMLInputElement;
  box.value = "";
  fire(box, "keydown", { key: "/" });
  box.value = "27";
  fire(box, "keydown", { key: "/" });
  assert.equal(gone, 1);
});
