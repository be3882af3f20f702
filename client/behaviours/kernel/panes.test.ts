import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./testing-page.ts";
import { panes } from "./panes.ts";

const html = `<div data-behaviour="panes" data-view="reader"><div class="scroll"><h1 data-plane-heading="reader">Objet</h1></div></div>`;

function start(narrow: boolean, inside = html) {
  const { document, window, element, leave } = page(inside);
  const seen = { focused: 0, scrolled: 0, top: -1, path: "/a/" };
  Object.defineProperty(document, "location", { value: { get pathname() { return seen.path; } }, configurable: true });
  Object.defineProperty(window, "matchMedia", { value: () => ({ matches: narrow }), configurable: true });
  const all = document.querySelectorAll.bind(document);
  document.querySelectorAll = ((query: string) => all(query.replace(":popover-open", ""))) as typeof document.querySelectorAll;
  element.querySelector("h1")!.focus = () => void (seen.focused += 1);
  element.querySelector(".scroll")!.scrollTo = ((_left: number, top: number) => void ((seen.scrolled += 1), (seen.top = top))) as Element["scrollTo"];
  const goal = element.querySelector("[data-arrive]");
  if (goal) goal.getBoundingClientRect = () => ({ top: 700 }) as DOMRect;
  Object.assign(element.querySelector(".scroll")!, { scrollTop: 40, getBoundingClientRect: () => ({ top: 100 }) });
  panes(element, leave.signal);
  return { document, seen, element };
}

test("a new place is read from its top; on a narrow screen its heading gets the focus", () => {
  const { document, seen } = start(true);
  seen.path = "/b/";
  fire(document, "htmx:after:swap");
  assert.deepEqual([seen.focused, seen.scrolled], [1, 1]);
});

test("on a wide screen the focus stays in the list", () => {
  const { document, seen } = start(false);
  seen.path = "/b/";
  fire(document, "htmx:after:swap");
  assert.deepEqual([seen.focused, seen.scrolled], [0, 1]);
});

test("a question gets the focus on any screen, once", () => {
  const { document, seen, element } = start(false);
  const asks = Object.assign(document.createElement("form"), { className: "question" });
  asks.append(element.querySelector("h1")!);
  element.append(asks);
  fire(document, "htmx:after:swap");
  fire(document, "htmx:after:swap");
  assert.equal(seen.focused, 1);
});

test("the same place drawn again moves nothing", () => {
  const { document, seen } = start(true);
  fire(document, "htmx:after:swap");
  assert.deepEqual([seen.focused, seen.scrolled], [0, 0]);
});

test("what floats closes when one goes elsewhere, not when a part is drawn anew by itself", () => {
  const { document, element } = start(true);
  const floats = document.createElement("nav");
  floats.setAttribute("popover", "");
  let hidden = 0;
  floats.hidePopover = () => void (hidden += 1);
  document.body.append(floats);
  fire(document, "htmx:after:swap", { detail: { ctx: { target: element.querySelector(".scroll") } } });
  assert.equal(hidden, 0);
  for (const target of [element, document.body]) fire(document, "htmx:after:swap", { detail: { ctx: { target } } });
  assert.equal(hidden, 2);
});

test("what asks for itself outside leaves open what floats; what is opened there from the drawer closes it", () => {
  const { document } = start(true, `${html}<div id="delai"></div><div id="ecrire"></div>`);
  const drawer = document.createElement("nav");
  drawer.setAttribute("popover", "");
  let hidden = 0;
  drawer.hidePopover = () => void (hidden += 1);
  document.body.append(drawer);
  const swap = (target: string, sourceElement: Element) =>
    fire(document, "htmx:after:swap", { detail: { ctx: { target: document.querySelector(target), sourceElement } } });
  swap("#delai", document.querySelector("#delai")!);
  assert.equal(hidden, 0);
  swap("#ecrire", drawer);
  assert.equal(hidden, 1);
});

test("a conversation is read from what is new in it, also when its page is loaded whole", () => {
  const { document, seen } = start(false, html.replace("</h1>", "</h1><section data-arrive></section>"));
  assert.deepEqual([seen.scrolled, seen.top], [1, 640]);
  seen.path = "/b/";
  fire(document, "htmx:after:swap");
  assert.deepEqual([seen.scrolled, seen.top], [2, 640]);
});

test("once a formatted text above has its height, what is new is where it should be; not for who went elsewhere", async () => {
  const { document, seen } = start(false, html.replace("</h1>", "</h1><iframe></iframe><section data-arrive><iframe></iframe></section>"));
  const [above, inside] = [...document.querySelectorAll("iframe")] as unknown as [Element, Element];
  fire(inside, "measured");
  await Promise.resolve();
  assert.equal(seen.scrolled, 1);
  fire(above, "measured");
  await Promise.resolve();
  assert.deepEqual([seen.scrolled, seen.top], [2, 640]);
  fire(above, "wheel");
  fire(above, "measured");
  await Promise.resolve();
  assert.equal(seen.scrolled, 2);
});

test("whoever is typing a search keeps the focus in its box", () => {
  const { document, seen } = start(true);
  const box = document.createElement("input");
  box.setAttribute("type", "search");
  Object.defineProperty(document, "activeElement", { value: box, configurable: true });
  seen.path = "/b/";
  fire(document, "htmx:after:swap");
  assert.equal(seen.focused, 0);
});

test("whoever writes in what floats over the page goes on there, its question keeps its answer; a button of it that was pressed is over", () => {
  for (const [inside, focused] of [["<textarea></textarea>", 0], ["<button autofocus>Ne pas répondre</button>", 0], ["<button>Annuler</button>", 1]] as const) {
    const { document, seen } = start(true, `${html}<form>${inside}</form>`);
    Object.defineProperty(document, "activeElement", { value: document.querySelector("form")!.firstElementChild, configurable: true });
    seen.path = "/b/";
    fire(document, "htmx:after:swap");
    assert.equal(seen.focused, focused);
  }
});

test("answers are placed in the order of what was pressed; what an act answers is always shown", () => {
  const { document, element } = start(false);
  const ask = (method: string, target: Element | string = element) => {
    const ctx = { target, request: { method } };
    fire(document, "htmx:config:request", { detail: { ctx } });
    return () => fire(document, "htmx:before:swap", { detail: { ctx } }).defaultPrevented;
  };
  const [opened, elsewhere, act, moved] = [ask("GET"), ask("GET", "#panne"), ask("POST"), ask("GET")];
  assert.deepEqual([moved(), act(), opened(), elsewhere()], [false, false, true, false]);
  assert.equal(ask("GET")(), false);
  const late = ask("GET");
  fire(document, "htmx:before:history:restore");
  assert.equal(late(), true);
});
