import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { searchAsYouType } from "./search-as-you-type.ts";

function start() {
  const { document, element, leave } = page(`<form data-behaviour="search-as-you-type"><input type="search" value="mot"></form><a href="/fiche/">Fiche</a><p>p</p>`);
  Object.assign(globalThis, { CustomEvent: document.defaultView!.CustomEvent });
  searchAsYouType(element, leave.signal);
  const box = document.querySelector("input")!;
  const asks = (from: HTMLElement) => {
    const event = new document.defaultView!.CustomEvent("htmx:config:request", { bubbles: true, cancelable: true });
    from.dispatchEvent(event);
    return !event.defaultPrevented;
  };
  const [link, other] = [document.querySelector("a")!, document.querySelector("p")!];
  return { asks, box, element, link, other };
}

test("while one types, the box asks", () => {
  const { asks, box } = start();
  fire(box, "input");
  assert.equal(asks(box), true);
});

test("what was sent meanwhile is not asked for again", () => {
  const { asks, box, element } = start();
  fire(box, "input");
  fire(element, "submit");
  assert.equal(asks(element), true);
  assert.equal(asks(box), false);
});

test("typing goes on after what was sent", () => {
  const { asks, box, element } = start();
  fire(element, "submit");
  box.value = "mots";
  fire(box, "input");
  assert.equal(asks(box), true);
});

test("a link that is followed is not taken back by a question that waited or is on its way", () => {
  const { asks, box, link } = start();
  let given = 0;
  box.addEventListener("htmx:abort", () => (given += 1));
  fire(box, "input");
  assert.equal(asks(link), true);
  assert.equal(asks(box), false);
  assert.equal(given, 1);
  fire(box, "input");
  assert.equal(asks(box), true);
});

test("what the page asks for by itself stops nobody who types", () => {
  const { asks, box, other } = start();
  fire(box, "input");
  assert.equal(asks(other), true);
  assert.equal(asks(box), true);
});

for (const [pointer, left] of [["none", 1], ["hover", 0]] as const) {
  test(`sent, the box ${left ? "lets the keyboard of a telephone go" : "keeps the focus under a mouse"}`, () => {
    const { box, element } = start();
    Object.assign(element.ownerDocument.defaultView!, { matchMedia: (asked: string) => ({ matches: asked.includes(pointer) && left > 0 }) });
    let gone = 0;
    box.blur = () => void (gone += 1);
    fire(element, "submit");
    assert.equal(gone, left);
  });
}

test("Enter leads to what was found, not to nothing, nor away from what is typed since", () => {
  const { document, element, leave } = page(
    `<form data-behaviour="search-as-you-type"><input type="search" value="mot"></form><section data-list="/r/"><h1 data-plane-heading="list" tabindex="-1">2</h1></section>`,
  );
  searchAsYouType(element, leave.signal);
  const [box, heading] = [document.querySelector("input")!, document.querySelector("h1")!];
  let led = 0;
  heading.focus = () => void led++;
  Object.defineProperty(document, "activeElement", { value: box });
  const answered = () => (fire(document, "htmx:after:swap"), led);
  fire(element, "submit");
  assert.equal(answered(), 0);
  heading.insertAdjacentHTML("afterend", `<li data-value="3"></li>`);
  fire(box, "input");
  assert.equal(answered(), 0);
  fire(element, "submit");
  assert.equal(answered(), 1);
  assert.equal(answered(), 1);
  fire(element, "submit");
  fire(document, "htmx:finally:request", { detail: { ctx: { sourceElement: element } } }); // nothing was found, or nobody answered
  assert.equal(answered(), 1); // new mail, later
});
