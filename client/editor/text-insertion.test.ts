import assert from "node:assert/strict";
import { test } from "node:test";

import { parseHTML } from "linkedom";

import { entitle, inserts } from "./text-insertion.ts";

const { document } = parseHTML(`<html><body><form>
  <input data-subject value=""><button id="un" name="modele" value="1" data-inserts="Inséré"><span>Rappel</span></button>
  <button id="autre">Envoyer</button></form><button id="dehors" data-inserts="x"></button></body></html>`);
const form = document.querySelector("form")! as unknown as HTMLFormElement;
const field = document.querySelector("input")! as unknown as HTMLInputElement;
const at = (selector: string): Event => ({ target: document.querySelector(selector) }) as unknown as Event;

test("only the buttons that put a text in are taken, wherever one presses in them", () => {
  const button = document.querySelector("#un")!;
  Object.defineProperty(button, "form", { value: form });
  Object.defineProperty(document.querySelector("#dehors")!, "form", { value: null });
  assert.equal(inserts(at("#un span")) as unknown, button);
  assert.equal(inserts(at("#autre")), null);
  assert.equal(inserts(at("#dehors")), null);
});

test("a subject that is written stays", () => {
  entitle(form, "Rappel");
  assert.equal(field.value, "Rappel");
  entitle(form, "Autre");
  assert.equal(field.value, "Rappel");
  entitle(form, "", "Autre");
  assert.equal(field.value, "Rappel");
  entitle(form, "", "Rappel");
  assert.equal(field.value, "");
});
