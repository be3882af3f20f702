import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { entitle, takeAway } from "./compose-window.ts";

test("a sheet that is saving goes from sight at once, and from the page when it is saved", async () => {
  const { document, element, leave } = page(`<section id="feuille-k1" data-letter="k1" data-behaviour="x"><form class="htmx-request"></form></section>`);
  takeAway(element, leave.signal);
  assert.deepEqual([element.hidden, element.id, element.dataset["letter"], element.isConnected], [true, "", undefined, true]);
  element.querySelector("form")!.classList.remove("htmx-request");
  fire(document, "htmx:finally:request");
  await new Promise((done) => setTimeout(done));
  assert.equal(element.isConnected, false);
});

test("a sheet bears the subject that it has now; two of one subject have two names", () => {
  const one = (subject: string): string => `<section class="x" data-name="Écrire" data-untitled="Nouveau"><h2>?</h2><input name="objet" value="${subject}"></section>`;
  const { document } = page(`<div data-behaviour="x">${one("Été")}${one("")}${one("")}</div>`);
  entitle([...document.querySelectorAll<HTMLElement>(".x")]);
  const read = (part: (one: Element) => string | null): Array<string | null> => [...document.querySelectorAll(".x")].map(part);
  assert.deepEqual(read((section) => section.querySelector("h2")!.textContent), ["Été", "Nouveau", "Nouveau"]);
  assert.deepEqual(read((section) => section.getAttribute("aria-label")), ["Écrire, Été", "Écrire, Nouveau", "Écrire, Nouveau (2)"]);
});

test("one that is not goes at once", () => {
  const { element, leave } = page(`<section data-behaviour="x"><form></form></section>`);
  takeAway(element, leave.signal);
  assert.equal(element.isConnected, false);
});
