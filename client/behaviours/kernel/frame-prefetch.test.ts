import assert from "node:assert/strict";
import { test } from "node:test";
import { framePrefetch } from "./frame-prefetch.ts";
import { fire, page } from "./testing-page.ts";

const DESK =
  `<template data-frame><iframe class="text" sandbox="allow-popups" data-behaviour="frame-height"></iframe></template>` +
  `<main data-behaviour="frame-prefetch"><a href="/box/7/?q=a" data-frame="text/"></a><a href="/box/8/"></a><p></p></main>`;

function start({ moves = true } = {}) {
  const { document, window, element, leave } = page(DESK);
  Object.defineProperty(document, "location", { value: new URL("https://x.example/box/") });
  if (moves) Object.defineProperty(element, "moveBefore", { value: () => undefined });
  framePrefetch(element, leave.signal);
  const ask = (action: string, method = "GET", target: Element = element) => {
    const ctx = { target, request: { method, action } };
    fire(document, "htmx:before:request", { detail: { ctx } });
    return { frame: element.querySelector("iframe"), end: () => void fire(document, "htmx:finally:request", { detail: { ctx } }) };
  };
  return { document, window, element, leave, ask };
}

test("the frame begins to load with the press, out of sight, with all that the page gives a frame", () => {
  const { element, ask } = start();
  const { frame } = ask("/box/7/?q=a");
  assert.equal(frame?.getAttribute("src"), "/box/7/text/");
  assert.deepEqual([frame?.id, frame?.name], ["/box/7/text/", "/box/7/text/"]);
  assert.equal(frame?.getAttribute("sandbox"), "allow-popups");
  assert.equal(frame?.hasAttribute("hidden"), true);
  assert.deepEqual([frame?.className, frame?.hasAttribute("data-behaviour")], ["", false]); // nothing takes it for an open one
  assert.equal(frame?.parentElement, element);
});

test("what shows no frame, or is no opening, begins nothing", () => {
  const { document, ask } = start();
  assert.equal(ask("/box/8/").frame, null);
  assert.equal(ask("/box/7/").frame, null); // another view of it
  assert.equal(ask("/box/7/?q=a", "POST").frame, null);
  assert.equal(ask("/box/7/?q=a", "GET", document.body).frame, null); // Back: all of the page is drawn
});

test("where a frame cannot be moved as it is, nothing begins", () => {
  assert.equal(start({ moves: false }).ask("/box/7/?q=a").frame, null);
});

test("what is open stays as it is", () => {
  const { element, ask } = start();
  element.insertAdjacentHTML("beforeend", `<section><iframe id="/box/7/text/"></iframe></section>`);
  ask("/box/7/?q=a");
  assert.equal(element.querySelectorAll("iframe").length, 1);
});

test("a frame that the page has not taken goes with the answer; one that it has taken stays", () => {
  const { element, ask } = start();
  const refused = ask("/box/7/?q=a");
  refused.end();
  assert.equal(element.querySelector("iframe"), null);
  const opened = ask("/box/7/?q=a");
  element.querySelector("p")!.append(opened.frame!);
  opened.end();
  assert.equal(element.querySelector("iframe"), opened.frame);
});

test("the next press takes the place of the one before", () => {
  const { element, ask } = start();
  element.insertAdjacentHTML("afterbegin", `<a href="/box/9/" data-frame="text/"></a>`);
  const first = ask("/box/7/?q=a");
  ask("/box/9/");
  first.end();
  assert.deepEqual([...element.querySelectorAll("iframe")].map((one) => one.id), ["/box/9/text/"]);
});

test("it leaves with its element", () => {
  const { element, leave, ask } = start();
  ask("/box/7/?q=a");
  leave.abort();
  assert.equal(element.querySelector("iframe"), null);
});
