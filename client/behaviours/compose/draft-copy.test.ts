import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "./draft-store.ts";
import { fire, page, sealedIn, soon, storage } from "../kernel/testing-page.ts";
import { draftCopy } from "./draft-copy.ts";

function start() {
  const made = page(
    `<form data-behaviour="draft-copy" data-whose="moi" data-letter="k1"><input name="fenetre" value="w1"><input name="frappe" value="0">
    <input name="revision" value="0" data-kept="0"><input name="objet" value="Été"><input name="texte" value="Mots"></form>`,
  );
  const { window, document, element, leave } = made;
  const store = storage();
  sealedIn(made, store);
  Object.defineProperty(window, "navigator", { value: {}, configurable: true });
  class Form extends Map<string, string> {
    constructor(form: Element) {
      super([...form.querySelectorAll("input")].map((input) => [input.name, input.value]));
    }
  }
  Object.assign(globalThis, { FormData: Form, CustomEvent: window.CustomEvent });
  return { document, element, leave };
}

const NAME = "lettre:moi:k1:w1";

test("each change is copied, until the server says that it has it", async () => {
  const { document, element, leave } = start();
  draftCopy(element, leave.signal);
  assert.equal(await read(document, NAME), null);
  fire(element.querySelector("[name=texte]")!, "input");
  await soon();
  const copy = (await read(document, NAME))!;
  assert.equal(copy.count, 1);
  assert.equal(copy.subject, "Été");
  assert.ok(copy.fields.some(([name, value]) => name === "texte" && value === "Mots"));
  fire(document, "htmx:after:swap");
  assert.ok(await read(document, NAME)); // an answer to something else
  document.querySelector<HTMLElement>("[name=revision]")!.dataset["kept"] = "1";
  fire(document, "htmx:after:swap");
  assert.equal(await read(document, NAME), null);
  leave.abort();
});

test("what was typed while a save was on its way stays copied", async () => {
  const { document, element, leave } = start();
  draftCopy(element, leave.signal);
  fire(element.querySelector("[name=texte]")!, "input");
  await soon();
  fire(element, "submit");
  await soon();
  document.querySelector<HTMLElement>("[name=revision]")!.dataset["kept"] = "1";
  fire(document, "htmx:after:swap");
  assert.equal((await read(document, NAME))?.count, 2);
  leave.abort();
});

test("what the server has of another letter, in the place of this one, says nothing of this one", async () => {
  const { document, element, leave } = start();
  draftCopy(element, leave.signal);
  fire(element.querySelector("[name=texte]")!, "input");
  await soon();
  element.remove();
  document.body.insertAdjacentHTML("beforeend", `<form><input name="revision" data-kept="9"></form>`);
  fire(document, "htmx:after:swap");
  assert.ok(await read(document, NAME));
  leave.abort();
});

test("told to, it is to leave and stays though the server has it, until told that it is not", async () => {
  const { document, element, leave } = start();
  const heard: boolean[] = [];
  element.addEventListener("kept-to-send", (event) => heard.push((event as CustomEvent<boolean>).detail));
  draftCopy(element, leave.signal);
  const leaves = { url: "/webmail/ecrire/k1/envoi/", at: 5 };
  element.dispatchEvent(new CustomEvent("keep-to-send", { detail: leaves }));
  await soon();
  assert.deepEqual((await read(document, NAME))?.leaves, leaves);
  assert.deepEqual(heard, [true]);
  document.querySelector<HTMLElement>("[name=revision]")!.dataset["kept"] = "9";
  fire(document, "htmx:after:swap");
  assert.ok((await read(document, NAME))?.leaves);
  element.dispatchEvent(new CustomEvent("keep-to-send"));
  await soon();
  assert.equal((await read(document, NAME))?.leaves, undefined);
  leave.abort();
});
