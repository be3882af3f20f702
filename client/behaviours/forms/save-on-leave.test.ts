import assert from "node:assert/strict";
import { test } from "node:test";
import { saveOnLeave } from "./save-on-leave.ts";
import { fire, page } from "../kernel/testing-page.ts";

function start(taken = true) {
  const { window, element, leave: ending } = page(
    `<form data-behaviour="save-on-leave" action="/garde/"><input name="texte" value="Bonjour"><input type="file" name="fichier"></form>`,
  );
  window.document.body.setAttribute("hx-headers:inherited", `{"X-CSRFToken": "mot", "X-Whose": "moi"}`);
  const sent: Array<{ url: string; body: Map<string, string>; keepalive: boolean; headers: object }> = [];
  class Form extends Map<string, string> {
    constructor(form: Element) {
      super([...form.querySelectorAll("input")].map((input) => [input.name, input.getAttribute("value") ?? ""]));
    }
  }
  const fetch = (url: string, options: { body: Map<string, string>; keepalive: boolean; headers: object }): Promise<{ ok: boolean }> => {
    sent.push({ url, ...options });
    return Promise.resolve({ ok: taken });
  };
  Object.assign(globalThis, { FormData: Form, fetch });
  Object.defineProperty(element, "action", { value: "/garde/" });
  saveOnLeave(element, ending.signal);
  return { window, element, sent, ending };
}

test("what was typed since the last save leaves with the page, without the files", () => {
  const { element, sent } = start();
  fire(element.querySelector("input")!, "input");
  fire(element.ownerDocument, "htmx:before:history:restore");
  assert.equal(sent.length, 1);
  assert.equal(sent[0]!.url, "/garde/");
  assert.equal(sent[0]!.keepalive, true);
  assert.deepEqual([...sent[0]!.body], [["texte", "Bonjour"], ["pause", "1"]]);
});

test("nothing leaves when nothing was typed, or when it was just saved", () => {
  const { element, sent } = start();
  fire(element.ownerDocument, "htmx:before:history:restore");
  fire(element.querySelector("input")!, "input");
  fire(element, "pause");
  fire(element.ownerDocument, "htmx:before:history:restore");
  assert.equal(sent.length, 0);
});

test("a save that failed is tried once more with the page; one that nothing was typed for is not", () => {
  const { element, sent } = start();
  fire(element, "htmx:response:error");
  fire(element.ownerDocument, "htmx:before:history:restore");
  assert.equal(sent.length, 0);
  fire(element.querySelector("input")!, "input");
  fire(element, "pause");
  fire(element, "htmx:response:error");
  fire(element.ownerDocument, "htmx:before:history:restore");
  assert.equal(sent.length, 1);
});

test("what was typed goes before another form, and when the form leaves its page", () => {
  const { element, sent, ending } = start();
  const other = element.ownerDocument.createElement("form");
  element.after(other);
  fire(element.querySelector("input")!, "input");
  fire(other, "submit");
  assert.equal(sent.length, 1);
  ending.abort();
  assert.equal(sent.length, 1); // it had gone
  const again = start();
  fire(again.element.querySelector("input")!, "input");
  again.ending.abort();
  assert.equal(again.sent.length, 1);
  assert.equal(again.sent[0]!.keepalive, false);
});

test("what the server does not take before another form is not saved: it goes with the page", async () => {
  for (const taken of [false, true]) {
    const { element, sent } = start(taken);
    const other = element.ownerDocument.createElement("form");
    element.after(other);
    fire(element.querySelector("input")!, "input");
    fire(other, "submit");
    assert.deepEqual(sent[0]!.headers, { "X-CSRFToken": "mot", "X-Whose": "moi", "HX-Request": "true" });
    await new Promise((done) => setImmediate(done));
    fire(element.ownerDocument, "htmx:before:history:restore");
    assert.equal(sent.length, taken ? 1 : 2);
  }
});
