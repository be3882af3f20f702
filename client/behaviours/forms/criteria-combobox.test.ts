import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { criteriaCombobox } from "./criteria-combobox.ts";

function start() {
  const { element, document, window, leave } = page(
    `<form><input data-behaviour="criteria-combobox combobox" data-criteria="de from à to" data-part="" aria-controls="l" aria-expanded="false"></form><ul id="l" hidden></ul>`,
  );
  const input = element as HTMLInputElement;
  globalThis.CustomEvent = window.CustomEvent;
  let sent = 0;
  Object.defineProperty(input, "form", { value: { requestSubmit: () => (sent += 1) } });
  criteriaCombobox(input, leave.signal);
  const type = (text: string, caret?: number) => {
    input.value = text;
    Object.defineProperty(input, "selectionEnd", { value: caret ?? text.length, configurable: true });
    fire(input, "input");
    return input.dataset["part"];
  };
  const keep = (detail: string) => {
    input.dispatchEvent(new window.CustomEvent("keep", { detail }));
    return input.value;
  };
  return { input, document, type, keep, sent: () => sent };
}

test("what is asked about is the word or the criterion at the end", () => {
  const { type } = start();
  assert.equal(type("lec"), "lec");
  assert.equal(type("marie lec"), "marie lec");
  assert.equal(type("pj:oui marie lec"), "lec");
  assert.equal(type("un mot de plus marie"), "marie");
  assert.equal(type("sortie de:lec"), "lec");
  assert.equal(type("De : lec"), "lec");
  assert.equal(type("à:kar"), "kar");
  assert.equal(type('sortie -from:"marie le'), "marie le");
  assert.equal(type("de:« marie le"), "marie le");
});

test("nothing is asked about another criterion, a letter, an end, or the middle", () => {
  const { type } = start();
  for (const text of ["", "l", "objet:lec", "pj:", "-lec", 'de:"Marie Lecomte"', "de:", '"conseil de', "sortie ", "a:b"]) assert.equal(type(text), "", text);
  assert.equal(type("lecomte sortie", 3), "");
});

test("who is taken becomes the criterion, by their address, and it is sent", () => {
  const { input, type, keep, sent } = start();
  type("marie lecomte");
  assert.equal(keep('"Lecomte, Marie" <marie.lecomte@x.fr>'), "de:marie.lecomte@x.fr");
  type("pj:oui -to:kar");
  assert.equal(keep("karim@x.fr"), "pj:oui -to:karim@x.fr");
  type("pj:oui kar");
  assert.equal(keep("karim@x.fr"), "pj:oui de:karim@x.fr");
  assert.equal(sent(), 3);
  assert.equal(input.dataset["part"], "");
});

test("what is no address stays as it was typed", () => {
  const { type, keep, sent } = start();
  type("marie");
  assert.equal(keep("marie"), "marie");
  assert.equal(sent(), 0);
});

test("after results were drawn around it the box still says that proposals are open", () => {
  const { input, document } = start();
  document.getElementById("l")!.hidden = false;
  fire(document, "htmx:after:swap");
  assert.equal(input.getAttribute("aria-expanded"), "true");
});
