import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { fire, page, said } from "../kernel/testing-page.ts";
import { combobox } from "./combobox.ts";

const html = `<form><input data-behaviour="combobox" data-url="/s/" aria-controls="l" data-one="une" data-many="%s propositions" data-none="aucune"></form>
  <div><ul id="l" role="listbox" hidden></ul></div>`;
const option = (name: string) => `<li role="option" data-value="&quot;${name}&quot; &lt;${name}@x.fr&gt;">${name}</li>`;
const settle = () => new Promise((resolve) => setImmediate(resolve));
const before = globalThis.fetch;
beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => {
  globalThis.fetch = before;
  mock.timers.reset();
});

function start() {
  const { element, document, window, leave } = page(html);
  const input = element as HTMLInputElement;
  globalThis.CustomEvent = window.CustomEvent;
  const answers = new Map<string, (text: string) => void>();
  globalThis.fetch = ((url: string, { signal }: RequestInit) =>
    new Promise((resolve, reject) => {
      answers.set(decodeURIComponent(url), (text) => resolve({ ok: true, text: async () => text } as Response));
      signal!.addEventListener("abort", () => reject(new Error("aborted")));
    })) as typeof fetch;
  Object.defineProperty(input, "form", { value: input.closest("form") });
  combobox(input, leave.signal);
  const kept: string[] = [];
  input.addEventListener("keep", (event) => kept.push((event as CustomEvent<string>).detail));
  const type = (text: string) => {
    input.value = text;
    fire(input, "input");
  };
  const press = (key: string, more: object = {}) => fire(input, "keydown", { key, ...more });
  const chosen = () => document.querySelector("[aria-selected=true]")?.textContent;
  return { input, list: document.getElementById("l")!, words: () => said(document), answers, kept, type, press, chosen };
}

test("proposals come while one types; the first is chosen, arrows go round, Enter takes", async () => {
  const { input, list, words, answers, kept, type, press, chosen } = start();
  type("zo");
  answers.get("/s/?q=zo")!(option("zoe") + option("zora"));
  await settle();
  assert.equal(list.hidden, false);
  assert.equal(words(), "2 propositions");
  assert.equal(chosen(), "zoe");
  assert.equal(input.getAttribute("aria-activedescendant"), "l-0");
  press("ArrowDown");
  assert.equal(chosen(), "zora");
  press("ArrowDown");
  press("ArrowUp");
  assert.ok(press("Enter").defaultPrevented);
  assert.deepEqual(kept, [`"zora" <zora@x.fr>`]);
  assert.equal(list.hidden, true);
  assert.equal(words(), ""); // that none is left is no news
});

test("an answer that comes too late is dropped, one that is known is not asked for again", async () => {
  const { list, answers, type } = start();
  type("zo");
  type("zor");
  answers.get("/s/?q=zo")!(option("zoe"));
  await settle();
  assert.equal(list.children.length, 0);
  answers.get("/s/?q=zor")!(option("zora"));
  await settle();
  answers.clear();
  type("zor");
  assert.equal(answers.size, 0);
  assert.equal(list.textContent, "zora");
});

test("Enter before the answer takes its first when it comes", async () => {
  const { answers, kept, type, press } = start();
  type("zo");
  assert.ok(press("Enter").defaultPrevented);
  assert.deepEqual(kept, []);
  answers.get("/s/?q=zo")!(option("zoe"));
  await settle();
  assert.deepEqual(kept, [`"zoe" <zoe@x.fr>`]);
});

test("a whole address is kept as it is typed, unless an arrow chose otherwise", async () => {
  const { answers, type, press, chosen } = start();
  type("zoe@x.fr");
  answers.get("/s/?q=zoe@x.fr")!(option("zoe"));
  await settle();
  assert.equal(chosen(), undefined);
  assert.ok(!press("Enter").defaultPrevented);
  press("ArrowUp");
  assert.equal(chosen(), "zoe");
});

test("Escape puts them away once; leaving the box as well; nobody is said", async () => {
  const { input, list, words, answers, type, press } = start();
  type("zo");
  answers.get("/s/?q=zo")!(option("zoe"));
  await settle();
  assert.ok(press("Escape").defaultPrevented);
  assert.ok(!press("Escape").defaultPrevented);
  type("zzz");
  answers.get("/s/?q=zzz")!("");
  await settle();
  assert.equal(words(), "aucune");
  type("zo");
  assert.equal(list.hidden, false);
  fire(input, "blur");
  assert.equal(list.hidden, true);
});

test("the mouse takes one without leaving the box", async () => {
  const { list, answers, kept, type } = start();
  type("zo");
  answers.get("/s/?q=zo")!(option("zoe"));
  await settle();
  assert.ok(fire(list.firstElementChild!, "mousedown").defaultPrevented);
  fire(list.firstElementChild!, "click");
  assert.deepEqual(kept, [`"zoe" <zoe@x.fr>`]);
});

test("what is sent with the form leaves no proposal behind", async () => {
  const { input, list, answers, type } = start();
  type("zoe@x.fr");
  answers.get("/s/?q=zoe@x.fr")!(option("zoe"));
  await settle();
  assert.equal(list.hidden, false);
  fire(input.closest("form")!, "submit");
  assert.equal(list.hidden, true);
});

test("what stands above is there before anything is asked, is chosen by arrows alone and says its own event", async () => {
  const { input, list, words, answers, kept, type, press, chosen } = start();
  const again: string[] = [];
  input.addEventListener("search-again", (event) => again.push((event as CustomEvent<string>).detail));
  input.dataset["first"] = `<li role="option" data-event="search-again" data-value="sortie zoo">sortie zoo</li>`;
  input.dataset["part"] = ""; // too short to ask for
  type("z");
  assert.equal(answers.size, 0);
  assert.equal(list.textContent, "sortie zoo");
  assert.equal(words(), "une");
  assert.equal(chosen(), undefined);
  assert.ok(!press("Enter").defaultPrevented);
  input.dataset["part"] = "zo";
  type("zo");
  answers.get("/s/?q=zo")!(option("zoe"));
  await settle();
  assert.equal(list.textContent, "sortie zoozoe");
  press("ArrowDown");
  assert.equal(chosen(), "sortie zoo");
  assert.ok(press("Enter").defaultPrevented);
  assert.deepEqual([again, kept], [["sortie zoo"], []]);
  assert.equal(list.hidden, true);
  type("zo");
  press("ArrowUp");
  press("Enter");
  assert.deepEqual(kept, [`"zoe" <zoe@x.fr>`]);
  type("zo");
  press("Escape");
  assert.equal(list.children.length, 0);
});
