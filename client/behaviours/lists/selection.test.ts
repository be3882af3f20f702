import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { selection } from "./selection.ts";

const boxes = [1, 2, 3, 4].map((n) => `<li data-value="${n}"><input type="checkbox" name="choix" value="${n}"><a></a></li>`).join("");
const html = `<section data-behaviour="selection" data-one="1 choisi" data-many="%s choisis">
  <label><input type="checkbox" data-all hidden><span data-count></span></label>${boxes}
  <input type="checkbox" data-whole="12 431 choisis"></section>`;

function start(over = "") {
  const { element, leave } = page(html + over);
  selection(element, leave.signal);
  const every = [...element.querySelectorAll<HTMLInputElement>("input[name=choix]")];
  const all = element.querySelector<HTMLInputElement>("[data-all]")!;
  const count = () => element.querySelector("[data-count]")!.textContent;
  const click = (box: HTMLInputElement, more = {}) => {
    box.checked = !box.checked;
    fire(box, "click", more);
  };
  const whole = element.querySelector<HTMLInputElement>("input[data-whole]")!;
  const key = (row: number, pressed: string, more = {}) => fire(element.querySelectorAll("a")[row - 1]!, "keydown", { key: pressed, ...more });
  return { element, every, all, count, click, whole, key };
}

test("it counts in words, and shows the box that takes all", () => {
  const { every, all, count, click } = start();
  assert.equal(all.hidden, false);
  assert.equal(count(), "");
  click(every[0]!);
  assert.equal(count(), "1 choisi");
  click(every[2]!);
  assert.equal(count(), "2 choisis");
  assert.equal(all.checked, false);
});

test("all at once, and none", () => {
  const { every, all, count, click } = start();
  click(all);
  assert.ok(every.every((box) => box.checked));
  assert.equal(count(), "4 choisis");
  click(all);
  assert.ok(every.every((box) => !box.checked));
});

test("a reset of their form unticks them, and each change is said", () => {
  const { element, leave } = page(`<section data-behaviour="selection" data-one="1" data-many="%s"><form>
    <input type="checkbox" name="choix" value="1"><input type="checkbox" name="choix" value="2"></form></section>`);
  selection(element, leave.signal);
  let said = 0;
  element.addEventListener("chosen", () => said++);
  const box = element.querySelector<HTMLInputElement>("input")!;
  Object.defineProperty(box, "form", { value: element.querySelector("form") });
  box.checked = true;
  fire(box, "click");
  assert.equal(said, 1);
  fire(element.querySelector("form")!, "reset");
  assert.equal(Boolean(box.checked), false);
  assert.equal(said, 2);
});

test("with Shift, everything between", () => {
  const { every, click } = start();
  click(every[3]!);
  click(every[1]!, { shiftKey: true });
  assert.deepEqual(every.map((box) => Boolean(box.checked)), [false, true, true, true]);
});

test("all that there is, also what is loaded later; unticking one means this page only", () => {
  const { element, every, whole, count, click } = start();
  click(whole);
  assert.ok(every.every((box) => box.checked));
  assert.equal(count(), "12 431 choisis");
  element.insertAdjacentHTML("beforeend", '<li data-value="5"><input type="checkbox" name="choix" value="5"></li>');
  fire(element.ownerDocument, "htmx:after:swap");
  assert.ok(element.querySelector<HTMLInputElement>("[value='5']")!.checked);
  click(every[0]!);
  assert.ok(!whole.checked);
  assert.equal(count(), "4 choisis");
});

test("once an act on all of them has gone out, nothing is chosen any more; refused, everything still is", () => {
  const { element, every, whole, click } = start();
  const form = element.ownerDocument.createElement("form");
  for (const box of [...every, whole]) Object.defineProperty(box, "form", { value: form });
  const answer = (status: number) => fire(element.ownerDocument, "htmx:before:response", { detail: { ctx: { sourceElement: form, response: { status } } } });
  click(whole);
  answer(503);
  assert.ok(whole.checked);
  answer(200);
  assert.ok(!whole.checked && !every.some((box) => box.checked));
});

test("by keys: X on a row, Shift and X for a run, Escape for none", () => {
  const { every, whole, count, click, key } = start();
  key(1, "x");
  key(3, "X", { shiftKey: true });
  assert.deepEqual(every.map((box) => Boolean(box.checked)), [true, true, true, false]);
  click(whole);
  key(2, "Escape");
  assert.ok(!every.some((box) => box.checked) && !whole.checked);
  assert.equal(count(), "");
});

test("Escape in what lies over the page is its own, also while the focus is nowhere in it", () => {
  for (const over of ['<dialog open><button></button></dialog>', '<section class="composer" data-letter="1"><button></button></section>']) {
    const { element, every, click } = start(over);
    click(every[0]!);
    const page = element.ownerDocument;
    const from = [page.querySelector("button")!, ...(page.querySelector("dialog") ? [page.body] : [])];
    for (const one of from) assert.ok(!fire(one, "keydown", { key: "Escape" }).defaultPrevented);
    assert.ok(every[0]!.checked);
  }
});

function fingers(wide: boolean) {
  const choosing = `<section data-behaviour="selection" data-one="1 choisi" data-many="%s choisis" data-none="Touchez"><form id="lot"><b data-count></b><input type="checkbox" data-choosing>
    <details open><button type="button" data-choose></button></details></form>${boxes}</section>`;
  const { element, window } = page(choosing.replaceAll("<a>", '<a href="/">'));
  Object.assign(window, { matchMedia: () => ({ matches: !wide }) });
  const every = [...element.querySelectorAll<HTMLInputElement>("input[name=choix]")];
  for (const box of every) {
    Object.defineProperty(box, "form", { value: element.querySelector("form") });
    box.click = () => {
      box.checked = !box.checked;
      fire(box, "click");
    };
  }
  const focused: string[] = [];
  for (const box of every) box.focus = () => void focused.push(box.value);
  selection(element, new AbortController().signal);
  const count = () => element.querySelector("[data-count]")!.textContent;
  const press = (row: number, detail = 1) => fire(element.querySelectorAll("a")[row - 1]!, "click", { detail }).defaultPrevented;
  const begin = () => fire(element.querySelector("[data-choose]")!, "click");
  const mode = () => element.querySelector<HTMLInputElement>("[data-choosing]")!.checked;
  return { element, window, every, count, press, begin, mode, focused };
}

test("by finger, a press ticks while one chooses, and opens before and afterwards", () => {
  const { every, count, press, mode } = fingers(false);
  assert.equal(press(2), false);
  every[0]!.click();
  assert.deepEqual([mode(), press(2), count()], [true, true, "2 choisis"]);
  assert.deepEqual([press(2, 0), count()], [false, "2 choisis"]); // a key opens
  press(1);
  press(2);
  assert.deepEqual([mode(), count(), press(1)], [false, "", false]);
});

test("a button of the menu begins before anything is ticked, and what ends it is the end", () => {
  const { element, window, count, press, begin, mode, focused } = fingers(true);
  begin();
  assert.deepEqual([count(), focused, element.querySelector("details")!.hasAttribute("open")], ["Touchez", ["1"], false]);
  fire(window.document, "htmx:after:swap"); // mail came in
  assert.deepEqual([mode(), press(3), count()], [true, true, "1 choisi"]);
  fire(element.querySelector("form")!, "reset");
  assert.deepEqual([mode(), count()], [false, ""]);
  begin();
  fire(element.querySelector("a")!, "keydown", { key: "Escape" });
  assert.equal(mode(), false);
});

test("with a mouse a tick begins nothing: a press on another message opens it", () => {
  const { every, press, mode } = fingers(true);
  every[0]!.click();
  assert.deepEqual([Boolean(mode()), press(2)], [false, false]);
});
