import assert from "node:assert/strict";
import { test } from "node:test";
import { put } from "./draft-store.ts";
import { fire, page, sealedIn, soon, storage } from "../kernel/testing-page.ts";
import { orphanDrafts } from "./orphan-drafts.ts";

async function start(held: string[], before = "") {
  const made = page(
    `${before}<div id="ecrire"></div><form data-behaviour="orphan-drafts" data-whose="moi"></form>`,
  );
  const { window, document, element, leave } = made;
  const store = storage();
  sealedIn(made, store);
  for (const letter of ["k1", "k2"]) await put(document, `lettre:moi:${letter}:w1`, { at: Date.now(), count: 3, subject: letter, fields: [] });
  const locks = { query: () => Promise.resolve({ held: held.map((name) => ({ name })) }) };
  Object.defineProperty(document, "defaultView", { value: { navigator: { locks }, localStorage: store, crypto, Event: window.Event } });
  Object.defineProperty(document, "readyState", { value: "complete", configurable: true });
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  let asked = 0;
  element.addEventListener("found", () => (asked += 1));
  orphanDrafts(element, leave.signal);
  await soon();
  const brought = () => {
    const said: Array<[string, string]> = [];
    const formData = { append: (...one: [string, string]) => said.push(one), set: (...one: [string, string]) => said.push(one) };
    fire(element, "formdata", { formData });
    return said;
  };
  return { document, leave, asked: () => asked, brought };
}

test("what no window holds is asked about, and nothing of its words leaves", async () => {
  const { asked, brought, leave } = await start(["lettre:moi:k1:w1"]);
  assert.equal(asked(), 1);
  const said = brought();
  assert.deepEqual(said.filter(([name]) => name === "copie"), [["copie", "k2"]]);
  assert.deepEqual(new Set(said.map(([name]) => name)), new Set(["copie", "fenetre", "frappe", "quand", "objet"]));
  leave.abort();
});

test("what living windows hold is not", async () => {
  const { asked, leave } = await start(["lettre:moi:k1:w1", "lettre:moi:k2:w1"]);
  assert.equal(asked(), 0);
  leave.abort();
});

test("what waits folded has its line, until it is taken up", async () => {
  const { document, asked, brought, leave } = await start([], `<li class="dock" data-letter="k1"></li>`);
  assert.deepEqual(brought().filter(([name]) => name === "copie"), [["copie", "k2"]]);
  document.getElementById("ecrire")!.innerHTML = `<section class="composer" data-letter="k1"></section>`;
  fire(document, "htmx:after:swap");
  await soon();
  assert.equal(asked(), 2);
  assert.deepEqual(brought().filter(([name]) => name === "copie").map(([, value]) => value).sort(), ["k1", "k2"]);
  leave.abort();
});

test("letters that are opened are asked about with it, once", async () => {
  const { document, asked, brought, leave } = await start([]);
  document.getElementById("ecrire")!.innerHTML = `<section class="composer" data-letter="k2"></section><section class="composer" data-letter="k1"></section>`;
  fire(document, "htmx:after:swap");
  fire(document, "htmx:after:swap");
  await soon();
  assert.equal(asked(), 2);
  assert.deepEqual(brought().filter(([name]) => name === "ouverte").map(([, value]) => value), ["k1", "k2"]);
  leave.abort();
});
