import assert from "node:assert/strict";
import { test } from "node:test";
import { copyLink } from "./copy-link.ts";
import { fire, page } from "../kernel/testing-page.ts";

const LINK = `<a href="https://mail.example/message/x/" data-behaviour="copy-link" data-copied="Lien copié"><span>Copier</span></a>`;

test("a press copies the address and says so", async () => {
  const { element, leave } = page(LINK);
  const copied: string[] = [];
  const clipboard = { writeText: async (text: string) => void copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  copyLink(element, leave.signal);
  assert.equal(fire(element, "click").defaultPrevented, true);
  await Promise.resolve();
  assert.deepEqual(copied, ["https://mail.example/message/x/"]);
  assert.equal(element.textContent, "Lien copié");
});

test("or the text of what it leads to", () => {
  const { element, leave } = page(`<a href="#source" data-behaviour="copy-link" data-copies="source" data-copied="Copié">Copier</a><pre id="source">De: a@x\n\n&lt;b&gt;</pre>`);
  const copied: string[] = [];
  const clipboard = { writeText: async (text: string) => void copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  copyLink(element, leave.signal);
  assert.equal(fire(element, "click").defaultPrevented, true);
  assert.deepEqual(copied, ["De: a@x\n\n<b>"]);
});

test("where nothing can be copied, it is a link", () => {
  const { element, leave } = page(LINK);
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  copyLink(element, leave.signal);
  assert.equal(fire(element, "click").defaultPrevented, false);
});
