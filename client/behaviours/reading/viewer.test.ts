import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { viewer } from "./viewer.ts";

const dialog = `<dialog class="viewer" open data-behaviour="viewer" data-address="/m/2/vue/" data-opener="/m/2/vue/"><h1>Nom</h1><input>
  <div class="viewer-stage"><p>Texte</p></div><a href="/m/" data-viewer-close>x</a><a href="/m/3/vue/" data-turn="ArrowRight">→</a></dialog>`;

function start(desk = `<a id="carte" href="/m/2/vue/">Carte</a>`) {
  const { document, window, element, leave } = page(dialog + desk);
  const seen = { path: "/m/2/vue/", back: 0, focused: "", pressed: [] as string[], modal: 0 };
  Object.assign(element, { showModal: () => void (seen.modal += 1), close: () => undefined });
  Object.defineProperty(window, "history", {
    value: { back: () => void ((seen.back += 1), (seen.path = "/m/?q=devis")) },
    configurable: true,
  });
  Object.defineProperty(document, "location", { value: { get pathname() { return seen.path; } }, configurable: true });
  for (const one of document.querySelectorAll<HTMLElement>("a, h1")) {
    one.focus = () => void (seen.focused = one.id || one.tagName);
    one.addEventListener("click", () => seen.pressed.push(one.getAttribute("href") ?? ""));
  }
  viewer(element, leave.signal);
  const key = (target: Node, name: string): Event => fire(target, "keydown", { key: name });
  return { document, element, leave, seen, key };
}

test("it opens over the page and its name is read first", () => {
  const { element, seen } = start();
  assert.equal(seen.modal, 1);
  assert.ok(!element.hasAttribute("open"));
  assert.equal(seen.focused, "H1");
});

test("Escape closes it, and gives back address and focus; the page is not drawn anew, but by the next step it is", () => {
  const { document, element, leave, seen, key } = start();
  key(element.querySelector("h1")!, "Escape");
  assert.deepEqual([seen.back, seen.path], [1, "/m/?q=devis"]);
  let heard = 0;
  document.addEventListener("htmx:before:history:restore", () => void (heard += 1));
  const steps = [1, 2].map(() => fire(document, "htmx:before:history:restore").defaultPrevented);
  assert.deepEqual([steps, heard], [[true, false], 1]);
  assert.ok(!document.querySelector("dialog"));
  leave.abort();
  assert.equal(seen.focused, "carte");
});

test("over a page that did not take its address, nothing is left", () => {
  const { document, element, seen, key } = start();
  seen.path = "/m/";
  key(element.querySelector("h1")!, "Escape");
  assert.equal(seen.back, 0);
  assert.ok(!document.querySelector("dialog"));
});

test("alone in its page the cross leads to the message", () => {
  const { document, element, seen } = start("");
  const event = fire(element.querySelector("[data-viewer-close]")!, "click");
  assert.ok(!event.defaultPrevented);
  assert.ok(document.querySelector("dialog"));
  assert.equal(seen.back, 0);
});

test("keys that it bears itself reach the page, which presses them; in one that begins with two, the second as well", () => {
  const { document, element, key } = start();
  element.insertAdjacentHTML("beforeend", `<b data-key="+" data-or="="></b><b data-key="C o"></b>`);
  const heard: string[] = [];
  document.addEventListener("keydown", (event) => void heard.push((event as KeyboardEvent).key));
  for (const name of ["+", "=", "C", "o", "e", "n"]) key(element.querySelector("p")!, name);
  assert.deepEqual(heard, ["+", "=", "C", "o"]);
});

test("what is higher than the screen scrolls by pages before it turns", () => {
  const { element, seen, key } = start();
  element.insertAdjacentHTML("beforeend", `<a href="/m/2/vue/?page=2" data-turn="PageDown">→</a>`);
  const [next, stage] = [element.querySelector<HTMLElement>("[data-turn=PageDown]")!, element.querySelector(".viewer-stage")!];
  next.addEventListener("click", () => seen.pressed.push("2"));
  for (const [high, times] of [[500, 1], [900, 1]] as const) {
    Object.defineProperty(stage, "scrollHeight", { value: high, configurable: true });
    Object.defineProperty(stage, "clientHeight", { value: 500, configurable: true });
    key(stage.querySelector("p")!, "PageDown");
    assert.equal(seen.pressed.length, times);
  }
  key(element.querySelector("h1")!, "PageDown"); // nothing would scroll from there
  assert.equal(seen.pressed.length, 2);
});

test("arrows turn, but not where one types; no key reaches the page below", () => {
  const { document, element, seen, key } = start();
  let below = 0;
  document.addEventListener("keydown", () => void (below += 1));
  key(element.querySelector("p")!, "ArrowRight");
  key(element.querySelector("p")!, "e");
  assert.deepEqual(seen.pressed, ["/m/3/vue/"]);
  assert.equal(below, 0);
  key(element.querySelector("input")!, "ArrowRight");
  assert.deepEqual(seen.pressed, ["/m/3/vue/"]);
});
