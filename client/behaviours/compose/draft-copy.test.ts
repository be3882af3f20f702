import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "./draft-store.ts";
import { fire, page, storage } from "../kernel/testing-page.ts";
import { draftCopy } from "./draft-copy.ts";

function start() {
  const { window, document, element, leave } = page(
    `<form data-behaviour="draft-copy" data-whose="moi" data-letter="k1"><input name="fenetre" value="w1"><input name="frappe" value="0">
    <input name="revision" value="0" data-kept="0"><input name="objet" value="Été"><input name="texte" value="Mots"></form>`,
  );
  const store = storage();
  Object.defineProperty(window, "localStorage", { value: store, configurable: true });
  Object.defineProperty(window, "navigator", { value: {}, configurable: true });
  class Form extends Map<string, string> {
    constructor(form: Element) {
      super([...form.querySelectorAll("input")].map((input) => [input.name, input.value]));
    }
  }
  Object.assign(globalThis, { FormData: Form });
  return { document, element, leave, store };
}

const NAME = "lettre:moi:k1:w1";

test("each change is copied, until the server says that it has it", () => {
  const { document, element, leave, store } = start();
  draftCopy(element, leave.signal);
  assert.equal(read(store, NAME), null);
  fire(element.querySelector("[name=texte]")!, "input");
  const copy = read(store, NAME)!;
  assert.equal(copy.count, 1);
  assert.equal(copy.subject, "Été");
  assert.ok(copy.fields.some(([name, value]) => name === "texte" && value === "Mots"));
  fire(document, "htmx:after:swap");
  assert.ok(read(store, NAME)); // an answer to something else
  document.querySelector<HTMLElement>("[name=revision]")!.dataset["kept"] = "1";
  fire(document, "htmx:after:swap");
  assert.equal(read(store, NAME), null);
  leave.abort();
});

test("what was typed while a save was on its way stays copied", () => {
  const { document, element, leave, store } = start();
  draftCopy(element, leave.signal);
  fire(element.querySelector("[name=texte]")!, "input");
  fire(element, "submit");
  document.querySelector<HTMLElement>("[name=revision]")!.dataset["kept"] = "1";
  fire(document, "htmx:after:swap");
  assert.equal(read(store, NAME)?.count, 2);
  leave.abort();
});

test("what the server has of another letter, in the place of this one, says nothing of this one", () => {
  const { document, element, leave, store } = start();
  draftCopy(element, leave.signal);
  fire(element.querySelector("[name=texte]")!, "input");
  element.remove();
  document.body.innerHTML = `<form><input name="revision" data-kept="9"></form>`;
  fire(document, "htmx:after:swap");
  assert.ok(read(store, NAME));
  leave.abort();
});
