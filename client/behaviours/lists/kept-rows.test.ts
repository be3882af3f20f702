import assert from "node:assert/strict";
import { test } from "node:test";
import { keptRows } from "./kept-rows.ts";
import { fire, page } from "../kernel/testing-page.ts";

const link = (id: number, more = "") => `<a class="row-link" href="/a/${id}/" ${more}>${id}</a>`;

function start(rows: string) {
  const made = page(`<section data-behaviour="kept-rows" data-state="1f.7"><div data-had>${rows}</div></section>`);
  Object.assign(globalThis, { CustomEvent: made.window.CustomEvent });
  keptRows(made.element, made.leave.signal);
  return made;
}

test("what is opened beside it says which rows are there; an act or another part does not", () => {
  const { document } = start("");
  const asked = (method: string, target: string) => {
    const request = { method, headers: { "HX-Target": target } as Record<string, string> };
    fire(document, "htmx:config:request", { detail: { ctx: { request } } });
    return request.headers["X-Etat"];
  };
  assert.equal(asked("GET", "div#bureau"), "1f.7");
  assert.equal(asked("POST", "div#bureau"), undefined);
  assert.equal(asked("GET", "div#ecrire"), undefined);
});

test("rows that were left out bear the mark of what is open now", () => {
  const { document, element } = start(link(9, "") + link(8, `aria-current="true"`));
  const marks = () => [...element.querySelectorAll(".row-link")].map((one) => one.getAttribute("aria-current"));
  element.dataset["open"] = "/a/9/";
  fire(document, "htmx:after:swap");
  assert.deepEqual(marks(), ["true", null]);
  delete element.dataset["open"];
  fire(document, "htmx:after:swap");
  assert.deepEqual(marks(), [null, null]);
});

test("forms of folders that were left out lead back to where one is now", () => {
  const { document } = start(`<nav data-had data-here="/a/9/"><input name="retour" value="/a/8/"></nav><nav data-here="/b/"><input name="retour" value="/c/"></nav>`);
  fire(document, "htmx:after:swap");
  assert.deepEqual([...document.querySelectorAll("input")].map((one) => one.value), ["/a/9/", "/c/"]);
});

test("when others are here now than those left out, it asks for itself, and does not say that it has them", () => {
  const { element } = start("");
  let outdated = 0;
  element.addEventListener("outdated", () => (outdated += 1));
  fire(element.querySelector("div")!, "other");
  assert.deepEqual([outdated, element.dataset["state"]], [1, undefined]);
});
