import assert from "node:assert/strict";
import { test } from "node:test";
import { keptRows } from "./kept-rows.ts";
import { fire, page } from "../kernel/testing-page.ts";

const link = (id: number, more = "") => `<a class="row-link" href="/a/${id}/" ${more}>${id}</a>`;

function start(rows: string, opened = "") {
  const made = page(`<div data-view="list"><nav data-here="/a/"><input name="retour" value="/a/"></nav><p><input name="retour" value="/x/"></p>
    <section data-behaviour="kept-rows" data-state="1f.7"><h1 data-plane-heading="list">A</h1>${rows}</section>${opened}</div>`);
  Object.assign(globalThis, { CustomEvent: made.window.CustomEvent });
  const element = made.document.querySelector("section")!;
  keptRows(element, made.leave.signal);
  return { ...made, element };
}

test("what is opened beside it says that the list is there; an act or another part does not", () => {
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

test("the list, its rows and the forms around follow what came alone", () => {
  const opened = `<article id="lecture" data-row="/a/9/" data-here="/a/9/" data-asks="ouvert=9&amp;vus=2"><input name="retour" value="/a/"></article>`;
  const { document, element } = start(link(9, "") + link(8, `aria-current="true"`), opened);
  fire(document, "htmx:after:swap", { detail: { ctx: { target: "#lecture", request: { method: "GET", headers: {} } } } });
  assert.deepEqual([...element.querySelectorAll(".row-link")].map((one) => one.getAttribute("aria-current")), ["true", null]);
  assert.deepEqual({ ...element.dataset }, { behaviour: "kept-rows", state: "1f.9", open: "/a/9/", asks: "ouvert=9&vus=2" });
  assert.equal(element.closest("[data-view]")!.getAttribute("data-view"), "reader");
  assert.equal(element.querySelector("h1")!.getAttribute("aria-level"), "2");
  assert.deepEqual([...document.querySelectorAll<HTMLInputElement>("[name=retour]")].map((one) => one.value), ["/a/9/", "/x/", "/a/"]);
  assert.equal(document.querySelector("nav")!.dataset["here"], "/a/9/");
});

test("what is swapped elsewhere changes nothing", () => {
  const { document, element } = start(link(8, `aria-current="true"`), `<article id="lecture" data-row="/a/9/"></article>`);
  fire(document, "htmx:after:swap", { detail: { ctx: { target: element, request: { method: "GET", headers: {} } } } });
  assert.equal(element.querySelector(".row-link")!.getAttribute("aria-current"), "true");
});
