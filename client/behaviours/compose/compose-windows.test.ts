import assert from "node:assert/strict";
import { test } from "node:test";
import { composeWindows, unfold } from "./compose-windows.ts";
import { fire, page, sheet } from "../kernel/testing-page.ts";
import { inSight, letterOf, sheetOf } from "./compose-window.ts";

function start(open = "", holds = "", pane = "right") {
  const { document, window, element, leave } = page(
    `<i id="bureau" data-pane="${pane}"></i><article id="lecture" data-holds="${holds}"></article><div id="ecrire" data-behaviour="compose-windows">${open}</div>`,
  );
  Object.assign(globalThis, { CustomEvent: (window as unknown as { CustomEvent: unknown }).CustomEvent });
  Object.assign(window, { location: { pathname: "/webmail/ecrire/" }, history: { state: null, replaceState: (_state: null, _title: string, to: string) => (gone.to = to) } });
  const gone = { to: "" };
  const heard: string[] = [];
  for (const name of ["folded", "unfolded", "hurry"]) {
    document.addEventListener(name, (event) => heard.push(`${name} ${letterOf(event.target as HTMLElement)}`));
  }
  composeWindows(element, leave.signal);
  fire(document, "htmx:after:swap");
  const show = (html: string): void => {
    element.insertAdjacentHTML("beforeend", html);
    fire(document, "htmx:after:swap");
  };
  const read = (what: string): void => {
    document.getElementById("lecture")!.dataset["holds"] = what;
    fire(document, "htmx:after:swap", { detail: { ctx: { target: document.getElementById("bureau"), request: { method: "GET" } } } });
  };
  const shown = (): string[] => inSight(document).map(letterOf);
  const at = (letter: string): HTMLElement => sheetOf(document, letter)!;
  return { document, window, element, leave, heard, show, read, shown, at, gone };
}

test("one is in sight; one more folds it, and it saves itself", () => {
  const { show, shown, at, heard, leave } = start(sheet("k1"));
  let saved = 0;
  at("k1").querySelector("form")!.addEventListener("hurry", () => (saved += 1));
  show(sheet("k2"));
  assert.deepEqual([shown(), at("k1").hidden, saved, heard], [["k2"], true, 1, ["folded k1"]]);
  leave.abort();
});

test("one on which nothing was written makes room by going, and the page is where it was", () => {
  const { show, shown, at, heard, leave, gone } = start(sheet("k1", "", "empreinte").replace("<form>", `<form><input name="retour" value="/webmail/">`));
  show(sheet("k2", "", "empreinte", 1));
  show(sheet("k3"));
  assert.deepEqual([shown(), heard, gone.to], [["k3"], ["folded k2"], "/webmail/"]);
  assert.equal(at("k1"), undefined);
  leave.abort();
});

test("an answer stands under the conversation that holds what it answers, and folds as one leaves it", () => {
  const { show, read, shown, at, heard, leave } = start("", "f.1 f.2 ");
  show(sheet("k1", "Re: Un", "", 1, "f.2"));
  assert.equal(at("k1").hasAttribute("data-in-place"), true);
  read("f.1 f.2 f.3"); // an answer has come
  assert.deepEqual(shown(), ["k1"]);
  read("f.9");
  assert.deepEqual([shown(), heard], [[], ["folded k1"]]);
  unfold(at("k1"));
  assert.deepEqual([shown(), at("k1").hasAttribute("data-in-place")], [["k1"], false]);
  read("f.2");
  assert.deepEqual([shown(), at("k1").hasAttribute("data-in-place")], [["k1"], true]);
  leave.abort();
});

test("one that comes as an answer to what is not open stays, where a letter stands", () => {
  const { show, shown, at, leave } = start("", "f.1");
  show(sheet("k1", "Rappel", "", 1, "f.2").replace(">", " data-in-place>"));
  assert.deepEqual([shown(), at("k1").hasAttribute("data-in-place")], [["k1"], false]);
  leave.abort();
});

test("a letter folds when something is opened, not when the list beside it is another one", () => {
  const { read, shown, leave } = start(sheet("k1"), "f.1");
  read("");
  assert.deepEqual(shown(), ["k1"]);
  read("f.2");
  assert.deepEqual(shown(), []);
  leave.abort();
});

test("where list and letter share one place, another list folds it", () => {
  const { read, shown, leave } = start(sheet("k1"), "", "none");
  read("");
  assert.deepEqual(shown(), []);
  leave.abort();
});

test("a folded one that the server refuses is shown with what it says, and is not sent again for that", () => {
  const { document, at, show, shown, heard, leave } = start(sheet("k1"));
  const saves: string[] = [];
  const listen = (letter: string): void => at(letter).querySelector("form")!.addEventListener("hurry", () => saves.push(letter));
  listen("k1");
  show(sheet("k2"));
  listen("k2");
  at("k1").outerHTML = sheet("k1").replace("<form>", `<form><div id="avis-1"><p class="notice-bad"></p></div>`);
  listen("k1");
  document.getElementById("ecrire")!.append(at("k1"));
  fire(document, "htmx:after:swap");
  assert.deepEqual([shown(), heard, saves], [["k1"], ["folded k1", "folded k2"], ["k1", "k2"]]);
  unfold(at("k2"));
  assert.deepEqual([shown(), saves], [["k2"], ["k1", "k2"]]);
  leave.abort();
});

test("a letter that is open already stays as it is, and comes to the front", () => {
  const { show, shown, at, leave } = start(sheet("k1", "tapé"));
  show(sheet("k2"));
  show(sheet("k1", "du serveur"));
  assert.deepEqual(shown(), ["k1"]);
  assert.equal(at("k1").querySelector<HTMLInputElement>("[name=objet]")!.getAttribute("value"), "tapé");
  leave.abort();
});

test("its button folds it and sends nothing; Escape presses the button, unless something else took it", () => {
  const { document, at, heard, leave } = start(sheet("k1"));
  const [form, button] = ["form", "[name=reduire]"].map((part) => at("k1").querySelector<HTMLElement>(part)!) as [HTMLElement, HTMLElement];
  const event = fire(form, "submit", { submitter: button });
  assert.deepEqual([event.defaultPrevented, at("k1").hidden, heard], [true, true, ["folded k1"]]);
  let pressed = 0;
  button.addEventListener("click", () => (pressed += 1));
  const field = at("k1").querySelector("[name=objet]")!;
  const taken = (event: Event): void => event.preventDefault();
  field.addEventListener("keydown", taken);
  fire(field, "keydown", { key: "Escape" });
  field.removeEventListener("keydown", taken);
  fire(field, "keydown", { key: "Escape" });
  assert.equal(pressed, 1);
  assert.equal(document.querySelectorAll(".composer").length, 1);
  leave.abort();
});

test("what is unfolded of a sheet is told to the server, which draws it so again", () => {
  const { at, leave } = start(sheet("k1").replace("<form>", `<form><details data-looks="outils" open></details><details data-looks="tete"></details>`));
  const told = new Map<string, string>();
  fire(at("k1").querySelector("form")!, "formdata", { formData: told });
  assert.deepEqual([...told], [["outils", "1"]]);
  leave.abort();
});

test("a request of a sheet says which one is in sight; others say nothing", () => {
  const { document, at, show, leave } = start(sheet("k1"));
  show(sheet("k2"));
  const asked = (target: Node): Record<string, string> => {
    const request = { headers: {} as Record<string, string> };
    fire(target, "htmx:config:request", { detail: { ctx: { request } } });
    return request.headers;
  };
  assert.equal(asked(at("k1").querySelector("form")!)["X-Devant"], "k2");
  assert.deepEqual(asked(document.body), {});
  for (const letter of ["k1", "k2"]) at(letter).hidden = true;
  assert.equal(asked(at("k1"))["X-Devant"], "");
  leave.abort();
});

test("the copies that are called have the focus, being before what calls them", () => {
  const { element, leave } = start(sheet("k1").replace("<form>", `<form><p data-field="cc"><input role="combobox"></p><details class="composer-copies"><summary></summary></details>`));
  const copies = element.querySelector(".composer-copies")!;
  let focused = 0;
  element.querySelector<HTMLElement>("[role=combobox]")!.focus = () => void (focused += 1);
  assert.equal(fire(copies.firstElementChild!, "click").defaultPrevented, true);
  assert.deepEqual([copies.hasAttribute("open"), focused], [true, 1]);
  assert.equal(fire(copies.firstElementChild!, "click").defaultPrevented, false); // it folds by itself
  assert.equal(focused, 1);
  leave.abort();
});

test("a chip of what is set opens the options, which a press elsewhere closes", () => {
  const { document, element, leave } = start(sheet("k1").replace("<form>", `<form><details class="composer-more"></details><a data-set="receipt" href="#o"></a>`));
  let pressed = 0;
  document.addEventListener("click", () => (pressed += 1));
  assert.equal(fire(element.querySelector("[data-set]")!, "click").defaultPrevented, true);
  assert.deepEqual([element.querySelector(".composer-more")!.hasAttribute("open"), pressed], [true, 0]);
  leave.abort();
});

test("an answer to all takes up the answer that is begun, with the others", () => {
  const people = (...names: string[]): string =>
    `<form><div data-field="a">${names.map((name) => `<li class="person"><input type="hidden" value="${name}"></li>`).join("")}<input role="combobox"></div>`;
  const { at, show, shown, leave } = start("", "f.2");
  const kept: string[] = [];
  show(sheet("k1", "Re: Un", "", 1, "f.2").replace("<form>", people("a@b.fr")));
  at("k1").querySelector("[role=combobox]")!.addEventListener("keep", (event) => kept.push((event as CustomEvent<string>).detail));
  show(sheet("k2", "Re: Un", "empreinte", 0, "f.2").replace("<form>", people("a@b.fr", "c@d.fr", "e@f.fr")));
  assert.deepEqual([shown(), kept], [["k1"], ["c@d.fr, e@f.fr"]]);
  show(sheet("k3", "Re: Un", "empreinte", 0, "f.2").replace("<form>", people("g@h.fr")));
  assert.deepEqual([shown(), kept.length], [["k1"], 1]); // one that answers the sender alone brings nobody
  leave.abort();
});
