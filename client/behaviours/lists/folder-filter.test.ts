import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { folderFilter } from "./folder-filter.ts";

function start() {
  const line = (name: string, depth: number, more = "") =>
    `<li data-value="${name}" data-depth="${depth}" ${more}><a class="folder" href="/${name}"><b class="folder-name">${name}</b> 3</a></li>`;
  const { document, element, leave } = page(
    `<nav><a aria-current="true">Courrier</a><div class="scroll"><input type="search" hidden data-behaviour="folder-filter"><ul class="tree">${line("Élèves", 0)}${line("Absences", 1, "data-away hidden")}
     ${line("Sorties", 0)}${line("Absences 2", 1)}</ul><ul class="tags-two">${line("Urgent", 0)}</ul></div></nav>`,
  );
  const seen: string[] = [];
  const links = [...document.querySelectorAll<HTMLElement>("li a")];
  for (const one of [...links, ...document.querySelectorAll("li")]) one.scrollIntoView = () => void seen.push(one.textContent!);
  links[2]!.setAttribute("aria-current", "page");
  folderFilter(element, leave.signal);
  const box = element as HTMLInputElement;
  const shown = () => [...document.querySelectorAll<HTMLElement>("li")].filter((one) => !one.hidden).map((one) => one.dataset["value"]);
  const type = (words: string) => {
    box.value = words;
    fire(box, "input");
    return shown();
  };
  return { document, box, type, shown, seen };
}

test("what has the words stays, with what it lies in, also what is folded away", () => {
  const { box, type, shown } = start();
  assert.equal(box.hidden, false);
  assert.deepEqual(shown(), ["Élèves", "Sorties", "Absences 2", "Urgent"]);
  assert.deepEqual(type("absences"), ["Élèves", "Absences", "Sorties", "Absences 2"]);
  assert.deepEqual(type("ELEVES abs"), ["Élèves", "Absences"]);
  assert.deepEqual(type("urg"), ["Urgent"]);
  assert.deepEqual(type("3"), []);
  assert.equal(type("").length, 4);
});

test("Enter opens the first that has the words, not what it lies in", () => {
  const { document, box, type } = start();
  const opened: string[] = [];
  for (const one of document.querySelectorAll("a")) one.addEventListener("click", () => opened.push(one.getAttribute("href")!));
  assert.ok(fire(box, "keydown", { key: "Enter" }).defaultPrevented);
  type("absences");
  fire(box, "keydown", { key: "Enter" });
  assert.deepEqual(opened, ["/Absences"]);
});

test("the line above the current one is brought into sight at first, when the column opens, and when it is another", () => {
  const { document, seen } = start();
  fire(document.querySelector("nav")!, "toggle");
  fire(document, "htmx:after:swap");
  assert.deepEqual(seen, ["Élèves 3", "Élèves 3"]);
  const [first, , third] = document.querySelectorAll("li a");
  third!.removeAttribute("aria-current");
  first!.setAttribute("aria-current", "page");
  fire(document, "htmx:after:swap");
  assert.equal(seen.length, 3);
});

test("a column drawn anew shows what was looked for", () => {
  const { document, box, type, shown } = start();
  type("urg");
  for (const one of document.querySelectorAll("li")) one.hidden = false;
  box.hidden = true;
  fire(document, "htmx:after:swap");
  assert.deepEqual([shown(), box.hidden], [["Urgent"], false]);
});
