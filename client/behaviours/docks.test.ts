import assert from "node:assert/strict";
import { test } from "node:test";
import { docks } from "./docks.ts";
import { fire, page, storage } from "./page.ts";

const sheet = (letter: string, title: string, begun = "") =>
  `<section id="feuille" data-letter="${letter}"><form><input name="objet" value="${title}"><input name="debut" value="${begun}"></form></section>`;

function start(remembered: object[] = [], open = "") {
  const { window, document, element, leave } = page(
    `<div id="ecrire">${open}</div><nav data-behaviour="docks" data-whose="moi" data-url="/ecrire/" data-untitled="(sans objet)" data-away="ailleurs" hidden>
    <a hidden data-open href="/ecrire/"></a><ul></ul>
    <template><li class="dock"><button><span></span><small></small></button><button data-away></button></li></template></nav><main id="contenu"></main>`,
  );
  const store = storage();
  store.setItem("quais:moi", JSON.stringify(remembered));
  Object.defineProperty(window, "sessionStorage", { value: store, configurable: true });
  const followed: string[] = [];
  const link = element.querySelector("a")!;
  Object.assign(link, { click: () => followed.push(link.getAttribute("href") ?? "") });
  docks(element, leave.signal);
  const show = (html: string) => {
    document.getElementById("ecrire")!.innerHTML = html;
    fire(document, "htmx:after:swap");
  };
  const bars = () => [...element.querySelectorAll(".dock span")].map((one) => one.textContent);
  return { document, element, leave, show, bars, followed };
}

test("a letter that is replaced waits as a bar, and its bar brings it back", () => {
  const { element, show, bars, followed, leave } = start([], sheet("k1", "Un"));
  assert.equal(element.hidden, true);
  show(sheet("k2", ""));
  assert.deepEqual(bars(), ["Un"]);
  element.querySelector<HTMLElement>(".dock button")!.click();
  assert.deepEqual(followed, ["/ecrire/k1/"]);
  show(sheet("k1", "Un"));
  assert.deepEqual(bars(), ["(sans objet)"]);
  leave.abort();
});

test("a sheet on which nothing was written leaves no bar", () => {
  const { show, bars, document, leave } = start([], sheet("k1", "", "empreinte"));
  show("");
  assert.deepEqual(bars(), []);
  show(sheet("k2", "", "empreinte"));
  fire(document.querySelector("#feuille input")!, "input");
  show("");
  assert.deepEqual(bars(), ["(sans objet)"]);
  leave.abort();
});

test("three letters at most, the one shown among them; what is over goes", () => {
  const remembered = ["k1", "k2", "k3"].map((letter) => ({ letter, title: letter }));
  const { show, bars, document, leave } = start(remembered);
  assert.deepEqual(bars(), ["k1", "k2", "k3"]);
  show(sheet("k4", "Quatre"));
  assert.deepEqual(bars(), ["k2", "k3"]);
  fire(document, "letter-over", { detail: "k2" });
  assert.deepEqual(bars(), ["k3"]);
  leave.abort();
});

test("put away, a bar goes; the letter is a draft as any other", () => {
  const { element, bars, leave } = start([{ letter: "k1", title: "Un" }]);
  element.querySelector<HTMLElement>("[data-away]:not(nav)")!.click();
  assert.deepEqual(bars(), []);
  assert.equal(element.hidden, true);
  leave.abort();
});

test("a letter in a tab of its own says so", () => {
  const { element, leave } = start([{ letter: "k1", title: "Un", away: true }]);
  assert.equal(element.querySelector("small")!.textContent, "ailleurs");
  leave.abort();
});
