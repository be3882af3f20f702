import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { textTail } from "./text-tail.ts";

function start(own: number, text = "\n\nMathilde\n\nLe 3, Karim a écrit :\n> Alors ?") {
  const { element, document, leave } = page(`<form><div><textarea data-behaviour="text-tail" name="texte" data-own="${own}" data-signed="Mathilde"></textarea>
    <div class="composer-tail" hidden><span></span><button data-opens data-fold="Replier">Voir</button><button data-takes hidden></button><div data-follows hidden></div></div></div></form>`);
  const area = Object.assign(element, { setSelectionRange: () => undefined, form: document.querySelector("form") }) as unknown as HTMLTextAreaElement;
  area.value = text;
  textTail(area, leave.signal);
  const sent = (): string => {
    const formData = new Map<string, string>();
    fire(document.querySelector("form")!, "formdata", { formData });
    return formData.get("texte") ?? area.value;
  };
  return { area, sent, line: document.querySelector<HTMLElement>(".composer-tail")!, leave };
}

test("what follows is out of sight and goes with the form, above it what is typed", () => {
  const { area, sent, line, leave } = start(2);
  assert.deepEqual([area.value, line.hidden, line.querySelector("span")!.textContent], ["\n", false, "Mathilde"]);
  area.value = "Bonjour\n";
  assert.equal(sent(), "Bonjour\n\nMathilde\n\nLe 3, Karim a écrit :\n> Alors ?");
  leave.abort();
});

test("asked for, it is a part of the text, once", () => {
  const { area, sent, line, leave } = start(2);
  line.querySelector<HTMLElement>("[data-takes]")!.click();
  assert.deepEqual([line.hidden, area.value.endsWith("> Alors ?")], [true, true]);
  assert.equal(sent(), area.value);
  leave.abort();
});

test("where nothing follows there is no line", () => {
  const { area, line, leave } = start(2, "Un\nDeux");
  assert.deepEqual([area.value, line.hidden], ["Un\nDeux", true]);
  leave.abort();
});
