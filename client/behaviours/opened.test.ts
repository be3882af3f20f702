import assert from "node:assert/strict";
import { test } from "node:test";
import { opened } from "./opened.ts";
import { fire, page } from "./page.ts";

function start() {
  const { document, element, leave } = page('<p data-behaviour="opened" data-said="Opened: %s"></p><div></div>');
  const pane = document.querySelector("div")!;
  let focused: Element | null = null;
  Object.defineProperty(document, "activeElement", { get: () => focused, configurable: true });
  opened(element, leave.signal);
  const open = async (title: string, takes = false) => {
    pane.innerHTML = title && `<h1 data-plane-heading="reader"> ${title} </h1>`;
    focused = takes ? pane.firstElementChild : null;
    fire(document, "htmx:after:swap");
    await Promise.resolve();
    return element.textContent;
  };
  return { element, leave, open };
}

test("what is opened is said once, whatever stands in its name", async () => {
  const { element, leave, open } = start();
  assert.equal(await open("A $& B"), "Opened: A $& B");
  element.textContent = "";
  assert.equal(await open("A $& B"), "");
  assert.equal(await open(""), "");
  leave.abort();
});

test("a heading that has the focus is read by itself", async () => {
  const { leave, open } = start();
  assert.equal(await open("A", true), "");
  leave.abort();
});
