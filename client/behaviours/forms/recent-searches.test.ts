import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { recentSearches } from "./recent-searches.ts";

const PAST = ["conseil de classe", "de:marie@x.fr Conseil", "Sortie Élèves", "CONSÉIL a < b", "conseil d’école"];
const list = (texts: string[]) => `<div class="search-past"><ul>${texts.map((text) => `<li><a href="/r/">${text.replace("<", "&lt;")}</a></li>`).join("")}</ul></div>`;

function start(past: string) {
  const { element, document, window, leave } = page(`<div class="search"><form><input data-behaviour="criteria-combobox recent-searches combobox" data-part="x" data-past="t"></form>
    <template id="t"><li role="option" data-event="search-again"><span data-text></span> <span>Récente</span></li></template>${past}</div>`);
  const input = element as HTMLInputElement;
  let sent = 0;
  Object.defineProperty(input, "form", { value: { requestSubmit: () => (sent += 1) } });
  recentSearches(input, leave.signal);
  const proposed = () => {
    const drawn = document.createElement("ul");
    drawn.innerHTML = input.dataset["first"] ?? "";
    return [...drawn.querySelectorAll<HTMLElement>("li[role=option][data-event=search-again]")].map((one) => one.dataset["value"]);
  };
  const type = (text: string) => {
    input.value = text;
    fire(input, "input");
    return proposed();
  };
  return { input, document, window, type, proposed, sent: () => sent };
}

test("those that hold what is typed, three at most, the latest first, whatever accents and case", () => {
  const { input, type } = start(list(PAST));
  assert.deepEqual(type("conseil"), ["conseil de classe", "de:marie@x.fr Conseil", "CONSÉIL a < b"]);
  assert.match(input.dataset["first"]!, /CONSÉIL a &lt; b/); // as text
  assert.match(input.dataset["first"]!, /Récente/);
  assert.deepEqual(type(" ELEVES"), ["Sortie Élèves"]);
  assert.deepEqual(type("sortie élè"), ["Sortie Élèves"]);
});

test("none of what is typed itself, of another word, of nothing", () => {
  const { type } = start(list(PAST));
  for (const text of ["sortie eleves", "zorglub", "", "  "]) assert.deepEqual(type(text), [], text);
});

test("they are remembered when the list is drawn anew unfilled, and forgotten with it", () => {
  const { document, input, type, proposed } = start(list(PAST));
  type("sort");
  document.querySelector(".search-past")!.outerHTML = `<div class="search-past" hx-get="/r/"><p><a>Vos dernières recherches</a></p></div>`;
  delete input.dataset["first"];
  fire(document, "htmx:after:swap");
  assert.deepEqual(proposed(), ["Sortie Élèves"]);
  document.querySelector(".search-past")!.outerHTML = `<div class="search-past"></div>`;
  assert.deepEqual(type("sorti"), []);
});

test("the one that is taken is sent as it was, an address in it or not", () => {
  const { input, window, type, sent } = start(list(PAST));
  type("marie");
  input.dispatchEvent(new window.CustomEvent("search-again", { detail: "de:marie@x.fr Conseil" }));
  assert.equal(input.value, "de:marie@x.fr Conseil");
  assert.equal(input.dataset["part"], "");
  assert.equal(sent(), 1);
});
