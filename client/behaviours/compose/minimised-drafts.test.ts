import assert from "node:assert/strict";
import { test } from "node:test";
import { composeWindows } from "./compose-windows.ts";
import { minimisedDrafts } from "./minimised-drafts.ts";
import { fire, page, sheet, storage } from "../kernel/testing-page.ts";
import { sheetOf } from "./compose-window.ts";

function start(remembered: object[] = [], open = "") {
  const { window, document, element, leave } = page(
    `<nav data-behaviour="minimised-drafts" data-whose="moi" data-url="/ecrire/" data-untitled="(sans objet)" data-away="ailleurs" data-several="%s lettres" data-folded="Pliée : %s" hidden>
    <a hidden data-open href="/ecrire/"></a><button hidden><b></b></button><ul></ul>
    <template><li class="dock"><b></b><small></small><button data-resume></button><button data-away></button></li></template></nav>
    <div id="ecrire">${open}</div><main id="contenu"></main>`,
  );
  const store = storage();
  store.setItem("quais:moi", JSON.stringify(remembered));
  Object.defineProperty(window, "sessionStorage", { value: store, configurable: true });
  Object.assign(globalThis, { CustomEvent: (window as unknown as { CustomEvent: unknown }).CustomEvent });
  const followed: string[] = [];
  const link = element.querySelector("a")!;
  Object.assign(link, { click: () => followed.push(link.getAttribute("href") ?? "") });
  const place = document.getElementById("ecrire")!;
  composeWindows(place, leave.signal);
  minimisedDrafts(element, leave.signal);
  const show = (html: string): void => {
    place.insertAdjacentHTML("beforeend", html);
    fire(document, "htmx:after:swap");
  };
  const close = (letter: string): void => {
    sheetOf(document, letter)!.remove();
    fire(document, "letter-over", { detail: letter });
    fire(document, "htmx:after:swap");
  };
  const bars = (): Array<string | null> => [...element.querySelectorAll(".dock b")].map((one) => one.textContent);
  return { document, element, leave, show, close, bars, followed };
}

test("a letter that made room waits as a bar, and its bar unfolds it as it was", () => {
  const { document, element, show, bars, followed, leave } = start([], sheet("k1", "Un"));
  assert.equal(element.hidden, true);
  show(sheet("k2"));
  assert.deepEqual(bars(), ["Un"]);
  const before = sheetOf(document, "k1");
  element.querySelector<HTMLElement>(".dock button")!.click();
  assert.deepEqual(bars(), ["(sans objet)"]);
  assert.equal(before?.hidden, false);
  assert.deepEqual(followed, []);
  leave.abort();
});

test("one that this page does not hold is asked of the server", () => {
  const { element, show, bars, followed, leave } = start([{ letter: "k1", title: "Un" }]);
  element.querySelector<HTMLElement>(".dock button")!.click();
  assert.deepEqual(followed, ["/ecrire/k1/"]);
  show(sheet("k1", "Un"));
  assert.deepEqual(bars(), []);
  leave.abort();
});

test("a sheet on which nothing was written leaves no bar", () => {
  const { document, show, bars, leave } = start([], sheet("k1", "", "empreinte"));
  show(sheet("k2", "", "empreinte"));
  assert.deepEqual(bars(), []);
  const field = sheetOf(document, "k2")!.querySelector<HTMLInputElement>("[name=frappe]")!;
  field.setAttribute("value", "1");
  fire(field, "input");
  show(sheet("k3", "", "empreinte"));
  assert.deepEqual(bars(), ["(sans objet)"]);
  leave.abort();
});

test("two lines; more are one, which opens on all of them; what is over goes", () => {
  const remembered = ["k1", "k2"].map((letter) => ({ letter, title: letter }));
  const { show, bars, document, element, leave } = start(remembered);
  const [all, list] = [element.querySelector<HTMLElement>("button")!, element.querySelector<HTMLElement>("ul")!];
  assert.deepEqual([bars(), all.hidden, list.hidden], [["k1", "k2"], true, false]);
  show(sheet("k3", "Trois"));
  show(sheet("k4", "Quatre"));
  assert.deepEqual([bars(), all.hidden, list.hidden, all.textContent], [["k1", "k2", "Trois"], false, true, "3 lettres"]);
  all.click();
  assert.deepEqual([list.hidden, all.getAttribute("aria-expanded")], [false, "true"]);
  fire(document, "letter-over", { detail: "k2" });
  assert.deepEqual([bars(), all.hidden, list.hidden], [["k1", "Trois"], true, false]);
  leave.abort();
});

test("put away, a bar goes and its sheet with it; the letter is a draft as any other", () => {
  const { document, element, show, bars, leave } = start([], sheet("k1", "Un"));
  show(sheet("k2", "Deux"));
  element.querySelector<HTMLElement>(".dock [data-away]")!.click();
  assert.deepEqual(bars(), []);
  assert.equal(sheetOf(document, "k1"), undefined);
  assert.equal(element.hidden, true);
  leave.abort();
});

test("a letter that is closed leaves what is beside it as it is", () => {
  const { document, show, close, bars, leave } = start([], sheet("k1", "Un"));
  show(sheet("k2", "Deux"));
  close("k2");
  assert.deepEqual(bars(), ["Un"]);
  assert.ok(sheetOf(document, "k1"));
  leave.abort();
});

test("a letter in a tab of its own says so", () => {
  const { element, leave } = start([{ letter: "k1", title: "Un", away: true }]);
  assert.equal(element.querySelector("small")!.textContent, "ailleurs");
  leave.abort();
});
