import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { pile } from "./pile.ts";

const row = (n: number, unread = "") => `<li data-value="${n}"${unread}><input type="checkbox" name="choix" value="${n}">
  <a class="row-link" href="#"></a><span class="row-from"><span class="visually-hidden">Non lu : </span>Personne ${n}</span><span class="row-subject">Objet ${n}</span></li>`;

function start() {
  const rows = [row(1, " data-unread"), ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => row(n))].join("");
  const { element, leave } = page(`<section data-behaviour="pile" data-one="1 choisi" data-many="%s choisis" data-unread-one="%s, dont 1 non lu"
    data-unread-many="%s, dont %n non lus" data-more="et %s de plus"><h2></h2><ul></ul></section>
    <div>${rows}<input type="checkbox" data-whole="Les 41 sont choisis"></div>`);
  pile(element, leave.signal);
  const choose = (...numbers: number[]) => {
    for (const box of element.ownerDocument.querySelectorAll<HTMLInputElement>("[name=choix]")) box.checked = numbers.includes(Number(box.value));
    fire(element.ownerDocument, "chosen");
  };
  const said = () => element.querySelector("h2")!.textContent;
  const lines = () => [...element.querySelectorAll("li")].map((one) => [...one.childNodes].map((part) => part.textContent).join(" | "));
  return { element, choose, said, lines };
}

test("what is chosen, who wrote it, and how much of it is unread", () => {
  const { choose, said, lines } = start();
  choose(1, 3);
  assert.equal(said(), "2 choisis, dont 1 non lu");
  assert.deepEqual(lines(), ["Personne 1 | Objet 1", "Personne 3 | Objet 3"]);
  choose(3);
  assert.equal(said(), "1 choisi");
});

test("a large pile shows its first, and says how many more", () => {
  const { choose, lines } = start();
  choose(1, 2, 3, 4, 5, 6, 7, 8, 9);
  assert.equal(lines().length, 8);
  assert.equal(lines()[7], "et 2 de plus");
});

test("all that there is has its own words", () => {
  const { element, choose, said } = start();
  element.ownerDocument.querySelector<HTMLInputElement>("[data-whole]")!.checked = true;
  choose(1, 2);
  assert.equal(said(), "Les 41 sont choisis");
});

test("a message that is opened is in sight, until something else is chosen", () => {
  const { element, choose } = start();
  choose(1);
  fire(element.ownerDocument.querySelector(".row-link")!, "click");
  assert.ok(element.hasAttribute("data-aside"));
  choose(1); // the list was drawn anew
  assert.ok(element.hasAttribute("data-aside"));
  choose(1, 2);
  assert.ok(!element.hasAttribute("data-aside"));
});
