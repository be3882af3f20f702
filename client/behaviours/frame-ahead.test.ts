import assert from "node:assert/strict";
import { test } from "node:test";
import { frameAhead } from "./frame-ahead.ts";
import { fire, page } from "./page.ts";

const DESK =
  `<template data-frame><iframe class="text" sandbox="allow-popups" data-behaviour="frame-height"></iframe></template>` +
  `<main data-behaviour="frame-ahead"><a href="/box/7/?q=a" data-frame="text/"></a><a href="/box/8/"></a><p></p></main>`;

function start({ moves = true } = {}) {
  const { document, window, element, leave } = page(DESK);
  Object.defineProperty(document, "location", { value: new URL("https://x.example/box/") });
  if (moves) Object.defineProperty(element, "moveBefore", { value: () => undefined });
  frameAhead(element, leave.signal);
  const ask = async (action: string, method = "GET", target: Element = element) => {
    const ctx = { target, request: { method, action } };
    fire(document, "htmx:before:request", { detail: { ctx } });
    await Promise.resolve();
    return { frame: element.querySelector("iframe"), end: () => void fire(document, "htmx:finally:request", { detail: { ctx } }) };
  };
  return { document, window, element, leave, ask };
}

test("the frame begins to load with the press, out of sight, with all that the page gives a frame", async () => {
  const { element, ask } = start();
  const { frame } = await ask("/box/7/?q=a");
  assert.equal(frame?.getAttribute("src"), "/box/7/text/");
  assert.deepEqual([frame?.id, frame?.name], ["/box/7/text/", "/box/7/text/"]);
  assert.equal(frame?.getAttribute("sandbox"), "allow-popups");
  assert.equal(frame?.hasAttribute("hidden"), true);
  assert.deepEqual([frame?.className, frame?.hasAttribute("data-behaviour")], ["", false]); // nothing takes it for an open one
  assert.equal(frame?.parentElement, element);
});

test("what shows no frame, or is no opening, begins nothing", async () => {
  const { document, ask } = start();
  assert.equal((await ask("/box/8/")).frame, null);
  assert.equal((await ask("/box/7/")).frame, null); // another view of it
  assert.equal((await ask("/box/7/?q=a", "POST")).frame, null);
  assert.equal((await ask("/box/7/?q=a", "GET", document.body)).frame, null); // Back: all of the page is drawn
});

test("where a frame cannot be moved as it is, nothing begins", async () => {
  assert.equal((await start({ moves: false }).ask("/box/7/?q=a")).frame, null);
});

test("what is open stays as it is", async () => {
  const { element, ask } = start();
  element.insertAdjacentHTML("beforeend", `<section><iframe id="/box/7/text/"></iframe></section>`);
  await ask("/box/7/?q=a");
  assert.equal(element.querySelectorAll("iframe").length, 1);
});

test("a frame that the page has not taken goes with the answer; one that it has taken stays", async () => {
  const { element, ask } = start();
  const refused = await ask("/box/7/?q=a");
  refused.end();
  assert.equal(element.querySelector("iframe"), null);
  const opened = await ask("/box/7/?q=a");
  element.querySelector("p")!.append(opened.frame!);
  opened.end();
  assert.equal(element.querySelector("iframe"), opened.frame);
});

test("the next press takes the place of the one before", async () => {
  const { element, ask } = start();
  element.insertAdjacentHTML("afterbegin", `<a href="/box/9/" data-frame="text/"></a>`);
  const first = await ask("/box/7/?q=a");
  await ask("/box/9/");
  first.end();
  assert.deepEqual([...element.querySelectorAll("iframe")].map((one) => one.id), ["/box/9/text/"]);
});

test("it leaves with its element", async () => {
  const { element, leave, ask } = start();
  await ask("/box/7/?q=a");
  leave.abort();
  assert.equal(element.querySelector("iframe"), null);
});
