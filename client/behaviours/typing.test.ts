import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { typing } from "./typing.ts";

function start() {
  const { document, element, leave } = page(`<form data-behaviour="typing"><input type="search" value="mot"></form>`);
  typing(element, leave.signal);
  const box = document.querySelector("input")!;
  const asks = (from: HTMLElement) => {
    const event = new document.defaultView!.CustomEvent("htmx:config:request", { bubbles: true, cancelable: true });
    from.dispatchEvent(event);
    return !event.defaultPrevented;
  };
  return { asks, box, element };
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
