import assert from "node:assert/strict";
import { test } from "node:test";
import { helpPanel } from "./help-panel.ts";
import { fire, page } from "../kernel/testing-page.ts";

const html = `<nav data-help="folders"><a href="/aide/" data-help-open>Help</a><details><summary>More</summary><button id="inner">Block</button></details></nav>
  <main><section data-help="list"><div data-help="search"><input id="q"></div><span data-tools><b class="twice"></b></span></section><article data-help="reader"><h1 tabindex="-1"></h1><b class="twice" id="lasting"></b></article></main>
  <form data-behaviour="help-panel" hx-target="#panel"><input name="lieu"></form><aside id="panel" hidden></aside>`;

function start() {
  const { document, window, element, leave } = page(html);
  Object.assign(globalThis, { CustomEvent: (window as unknown as { CustomEvent: unknown }).CustomEvent });
  window.getComputedStyle = (() => ({ visibility: "visible" })) as unknown as typeof window.getComputedStyle;
  const there = new Set<Element>(document.querySelectorAll("*"));
  const box = { left: 500, right: 600, top: 10, bottom: 20 };
  for (const one of document.querySelectorAll<HTMLElement>("*")) dress(one);
  function dress(one: HTMLElement): void {
    Object.assign(one, { getClientRects: () => (there.has(one) ? [box] : []), getBoundingClientRect: () => box, scrollIntoView: () => undefined });
    one.focus = () => Object.defineProperty(document, "activeElement", { value: one, configurable: true });
  }
  Object.assign(document.getElementById("panel")!, { getBoundingClientRect: () => ({ left: 0, right: 300, top: 0, bottom: 900 }) });
  const original = document.querySelectorAll.bind(document);
  document.querySelectorAll = ((asked: string) => (asked.includes(":popover-open") ? [] : original(asked))) as typeof document.querySelectorAll;
  const asked: string[] = [];
  element.addEventListener("ask", () => void asked.push(element.querySelector<HTMLInputElement>("input")!.value));
  helpPanel(element, leave.signal);
  const panel = document.getElementById("panel")!;
  function arrives(inside: string): void {
    panel.innerHTML = inside;
    for (const one of panel.querySelectorAll<HTMLElement>("*")) { there.add(one); dress(one); }
    fire(document.body, "htmx:after:swap", { detail: { ctx: { target: panel } } });
  }
  return { document, asked, panel, there, arrives };
}

test("pressed, it asks for what lies on top, and stays on the page", () => {
  const { document, asked, there } = start();
  assert.ok(fire(document.querySelector("[data-help-open]")!, "click").defaultPrevented);
  there.delete(document.querySelector("article")!);
  fire(document.querySelector("[data-help-open]")!, "click");
  assert.deepEqual(asked, ["reader", "list"]);
});

test("with F1, for the place of the focus", () => {
  const { document, asked } = start();
  document.getElementById("q")!.focus();
  assert.ok(fire(document.getElementById("q")!, "keydown", { key: "F1" }).defaultPrevented);
  assert.deepEqual(asked, ["search"]);
});

test("what comes is read from its heading; Escape and the cross close it and give the focus back", () => {
  const { document, panel, arrives } = start();
  const opener = document.querySelector<HTMLElement>("[data-help-open]")!;
  opener.focus();
  fire(opener, "click");
  arrives(`<h2 tabindex="-1">Help</h2><button data-close></button>`);
  assert.equal(panel.hidden, false);
  assert.equal(document.activeElement, panel.querySelector("h2"));
  fire(panel.querySelector("h2")!, "keydown", { key: "Escape" });
  assert.equal(panel.hidden, true);
  assert.equal(document.activeElement, opener);
  arrives(`<h2 tabindex="-1">Help</h2><button data-close></button>`);
  fire(panel.querySelector("button")!, "click");
  assert.equal(panel.hidden, true);
});

test("it rings what it speaks of: in a closed menu, the menu's name; and says when it is not there", () => {
  const { document, panel, arrives, there } = start();
  arrives(`<h2></h2><button data-show="#inner" data-absent="Not here"></button><p role="status"></p>`);
  const button = panel.querySelector("button")!;
  fire(button, "click");
  const name = document.querySelector("summary")!;
  assert.ok(name.classList.contains("shown"));
  assert.equal(document.activeElement, name);
  assert.equal(panel.hidden, false);
  document.querySelector("details")!.setAttribute("open", "");
  fire(button, "click");
  assert.ok(document.getElementById("inner")!.classList.contains("shown") && !name.classList.contains("shown"));
  there.delete(document.getElementById("inner")!);
  fire(button, "click");
  assert.equal(panel.querySelector("[role=status]")!.textContent, "Not here");
  assert.equal(document.querySelector(".shown"), null);
});

test("the tools of a row, which come and go, are not what it rings", () => {
  const { document, panel, arrives } = start();
  arrives(`<h2></h2><button data-show=".twice" data-absent="Not here"></button><p role="status"></p>`);
  fire(panel.querySelector("button")!, "click");
  assert.equal(document.querySelector(".shown")?.id, "lasting");
});

test("where it would lie over what it shows, it goes away", () => {
  const { document, panel, arrives } = start();
  arrives(`<h2></h2><button data-show="#q"></button><p role="status"></p>`);
  Object.assign(document.getElementById("q")!, { getBoundingClientRect: () => ({ left: 10, right: 60, top: 10, bottom: 20 }) });
  fire(panel.querySelector("button")!, "click");
  assert.equal(panel.hidden, true);
});
