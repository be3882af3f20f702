import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { printFrame } from "./print-frame.ts";

const LINK = `<a href="/papier/?un" data-behaviour="print-frame" data-as="images=oui" data-of="corps">Imprimer</a>`;

function start(more = "") {
  const here = page(`${LINK}${more}`);
  printFrame(here.element, here.leave.signal);
  const frames = (): HTMLIFrameElement[] => [...here.document.querySelectorAll<HTMLIFrameElement>("iframe[data-paper]")];
  return { ...here, frames };
}

test("the page for paper is printed from a frame that may run nothing, and is there once", () => {
  const { element, frames } = start();
  assert.equal(fire(element, "click").defaultPrevented, true);
  fire(element, "click");
  const [frame, ...others] = frames();
  assert.equal(others.length, 0);
  assert.match(frame!.src, /\/papier\/\?un$/);
  assert.equal(frame!.getAttribute("sandbox"), "allow-same-origin allow-modals");
  let printed = 0;
  Object.defineProperty(frame, "contentWindow", { value: { print: () => void (printed += 1) } });
  fire(frame!, "load");
  assert.equal(printed, 1);
});

test("with a key held the link is the browser's", () => {
  const { element, frames } = start();
  assert.equal(fire(element, "click", { ctrlKey: true }).defaultPrevented, false);
  assert.equal(frames().length, 0);
});

test("the keys that print a page print this, but not from under a dialog", () => {
  const { document, frames } = start();
  fire(document, "keydown", { key: "p" });
  assert.equal(frames().length, 0);
  assert.equal(fire(document, "keydown", { key: "p", ctrlKey: true }).defaultPrevented, true);
  assert.equal(frames().length, 1);
  const over = start(`<dialog open></dialog>`);
  assert.equal(fire(over.document, "keydown", { key: "p", metaKey: true }).defaultPrevented, false);
});

test("what was asked for in the frame of the text is on paper too", () => {
  const { document, element, frames } = start(`<iframe name="autre"></iframe><iframe name="corps"></iframe>`);
  const [other, text] = document.querySelectorAll("iframe");
  Object.assign(other!, { name: "autre" });
  Object.assign(text!, { name: "corps" });
  Object.defineProperty(other, "contentWindow", { value: { location: { search: "?images=oui" } } });
  Object.defineProperty(text, "contentWindow", { value: { location: { search: "" } }, configurable: true });
  fire(element, "click");
  assert.match(frames()[0]!.src, /\?un$/);
  Object.defineProperty(text, "contentWindow", { value: { location: { search: "?images=oui" } }, configurable: true });
  fire(element, "click");
  assert.match(frames()[0]!.src, /\?un&images=oui$/);
});
