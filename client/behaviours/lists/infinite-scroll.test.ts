import assert from "node:assert/strict";
import { test } from "node:test";
import { infiniteScroll } from "./infinite-scroll.ts";
import { fire, page } from "../kernel/testing-page.ts";

const day = (label: string, ...ids: number[]) =>
  `<div class="day" data-day="${label}"><ol>${ids.map((id) => `<li id="l${id}"></li>`).join("")}</ol></div>`;

function start(rows: string, suite = "1", remembered = "") {
  const made = page(`<section data-behaviour="infinite-scroll" data-list="/a/" data-suite="${suite}"><div class="scroll">${rows}</div></section>`);
  const kept = new Map([["places", remembered]]);
  Object.assign(made.window, { sessionStorage: { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v) } });
  const scroll = made.element.querySelector<HTMLElement>(".scroll")!;
  const tops: number[] = [];
  scroll.scrollTo = ((_x: number, y: number) => void tops.push(y)) as typeof scroll.scrollTo;
  infiniteScroll(made.element, made.leave.signal);
  const asked = () => {
    const headers: Record<string, string> = {};
    fire(made.document, "htmx:config:request", { detail: { ctx: { request: { headers } } } });
    return headers["X-Suite"];
  };
  return { ...made, asked, tops, scroll };
}

test("each page that was added is counted", () => {
  const { asked, scroll } = start(day("today", 3));
  assert.equal(asked(), "1 /a/");
  scroll.insertAdjacentHTML("beforeend", `${day("yesterday", 2)}<i data-more></i>`);
  assert.equal(asked(), "2 /a/");
});

test("pages drawn by the server count as well", () => {
  assert.equal(start(`${day("today", 3)}<i data-more></i>`, "3").asked(), "4 /a/");
});

test("a day that was cut by the end of a page is one again", () => {
  const { document, element, scroll } = start(day("today", 5, 4));
  scroll.insertAdjacentHTML("beforeend", day("today", 3) + day("yesterday", 2));
  fire(document, "htmx:after:swap");
  const labels = [...element.querySelectorAll<HTMLElement>(".day")].map((one) => one.dataset["day"]);
  assert.deepEqual(labels, ["today", "yesterday"]);
  assert.equal(element.querySelector("ol")!.querySelectorAll("li").length, 3);
});

test("a page that came twice is there once", () => {
  const { document, element, scroll } = start(day("today", 3) + day("yesterday", 2, 1));
  for (const item of element.querySelectorAll<HTMLElement>("li")) item.dataset["value"] = item.id;
  scroll.insertAdjacentHTML("beforeend", `${day("today", 3)}${day("yesterday", 2, 1)}${day("older", 0)}`);
  for (const item of element.querySelectorAll<HTMLElement>("li")) item.dataset["value"] = item.id;
  fire(document, "htmx:after:swap");
  assert.deepEqual([...element.querySelectorAll("li")].map((item) => item.id), ["l3", "l2", "l1", "l0"]);
  assert.deepEqual([...element.querySelectorAll<HTMLElement>(".day")].map((one) => one.dataset["day"]), ["today", "yesterday", "older"]);
});

test("a link to the list that is shown leads to its top, whatever else draws it anew does not", () => {
  const { document, tops } = start("");
  const link = Object.assign(document.createElement("a"), { href: "/a/" });
  const swapped = (target: Element) => fire(document, "htmx:after:swap", { detail: { ctx: { target, sourceElement: link } } });
  swapped(document.body);
  assert.deepEqual(tops, []);
  link.dataset["top"] = "";
  fire(document, "htmx:after:swap", { detail: { ctx: { target: "#ecrire", sourceElement: link } } });
  swapped(document.createElement("div")); // it did not come: what went wrong is said there
  assert.deepEqual(tops, []);
  swapped(document.body);
  assert.deepEqual(tops, [0]);
});

test("a reload finds its place, another list begins at its top, Back finds the place of then", () => {
  const { document, element, scroll, tops } = start("", "1", "/c/ 7\n/a/ 420");
  assert.deepEqual(tops, [420]);
  element.dataset["list"] = "/b/";
  fire(document, "htmx:after:swap");
  assert.deepEqual(tops, [420, 0]);
  scroll.scrollTop = 0;
  fire(scroll, "scroll");
  fire(document, "htmx:before:history:restore");
  element.dataset["list"] = "/a/";
  fire(document, "htmx:after:swap");
  assert.deepEqual(tops, [420, 0, 420]);
  const other = start("", "1", "/a/ 420\n/b/ 0"); // Back drew the page with another element
  assert.deepEqual(other.tops, []);
  fire(other.document, "htmx:before:history:restore");
  assert.deepEqual(start("", "1", "/a/ 420\n/b/ 0").tops, [420]);
});

test("after a Back that failed the next list begins at its top; what asks for itself meanwhile changes nothing", () => {
  const { document, element, tops } = start("", "1", "/b/ 900\n/a/ 420");
  const ask = (target: Element, headers: Record<string, string> = {}) =>
    fire(document, "htmx:config:request", { detail: { ctx: { sourceElement: document.body, target, request: { headers, body: new FormData() } } } });
  const show = (list: string) => ((element.dataset["list"] = list), fire(document, "htmx:after:swap"));
  const back = () => (fire(document, "htmx:before:history:restore"), ask(document.body, { "HX-History-Restore-Request": "true" }));
  back();
  ask(document.body); // pressed
  show("/b/");
  back();
  ask(element);
  ask(document.createElement("div"));
  show("/a/");
  assert.deepEqual(tops, [420, 0, 420]);
});

test("asking for itself again, it says what it shows and beside what; another request does not", () => {
  const { document, element } = start(day("today", 3));
  Object.assign(element.dataset, { state: "1f.7", asks: "open=7&had=2" });
  const asked = (sourceElement: Element) => {
    const request = { headers: {} as Record<string, string>, body: new FormData() };
    fire(document, "htmx:config:request", { detail: { ctx: { sourceElement, request } } });
    return [request.headers["X-Etat"], ...[...request.body].flat()];
  };
  assert.deepEqual(asked(element), ["1f.7", "open", "7", "had", "2"]);
  assert.deepEqual(asked(document.body), [undefined]);
});

test("an answer about what is no longer shown is dropped, and asked for anew", () => {
  const { document, window, element } = start("");
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  let outdated = 0;
  element.addEventListener("outdated", () => (outdated += 1));
  const ask = () => {
    const ctx = { sourceElement: element, request: { headers: {} } };
    fire(document, "htmx:config:request", { detail: { ctx } });
    return () => fire(document, "htmx:before:swap", { cancelable: true, detail: { ctx } }).defaultPrevented;
  };
  const first = ask();
  assert.equal(first(), false);
  const second = ask();
  element.dataset["list"] = "/b/";
  assert.equal(second(), true);
  const third = ask();
  element.dataset["asks"] = "ouvert=7";
  assert.equal(third(), true);
  assert.equal(outdated, 2);
});
