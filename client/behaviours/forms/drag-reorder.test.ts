import assert from "node:assert/strict";
import { test } from "node:test";
import { dragReorder } from "./drag-reorder.ts";
import { fire, page } from "../kernel/testing-page.ts";

const HEIGHT = 20;

function start() {
  const line = (name: string) => `<li draggable="true" id="${name}"><a></a><form><input name="place"></form></li>`;
  const made = page(`<ol data-behaviour="drag-reorder">${["a", "b", "c"].map(line).join("")}</ol>`);
  const { document, element, leave } = made;
  const sent: string[] = [];
  [...element.querySelectorAll("li")].forEach((one, number) => {
    const input = one.querySelector("input")!;
    Object.defineProperty(input, "form", { value: { requestSubmit: () => sent.push(`${one.id} ${input.value}`) } });
    one.getBoundingClientRect = () => ({ top: number * HEIGHT, height: HEIGHT }) as DOMRect;
  });
  dragReorder(element, leave.signal);
  const at = (name: string) => document.getElementById(name)!.querySelector("a")!;
  const drag = (name: string) => fire(at(name), "dragstart", { dataTransfer: { clearData() {}, setData() {} } });
  const over = (name: string, clientY: number) => fire(at(name), "dragover", { clientY });
  const drop = (name: string, clientY: number) => fire(at(name), "drop", { clientY });
  const lit = (name: string) => document.getElementById(name)!.getAttribute("data-over");
  return { ...made, drag, over, drop, lit, sent };
}

test("a line goes above or below the one it is let fall on", () => {
  const { drag, over, drop, lit, sent } = start();
  drag("a");
  assert.equal(over("c", 55).defaultPrevented, true);
  assert.equal(lit("c"), "below");
  drop("c", 55);
  drag("c");
  over("a", 5);
  assert.deepEqual([lit("a"), lit("c")], ["above", null]);
  drop("a", 5);
  drag("a");
  drop("c", 42);
  assert.deepEqual(sent, ["a 2", "c 0", "a 1"]);
});

test("where it is already, nothing is sent", () => {
  const { drag, drop, sent } = start();
  drag("b");
  drop("b", 25);
  drop("a", 15);
  drop("c", 42);
  assert.deepEqual(sent, []);
});

test("what is no line of the list, or after the end, moves nothing", () => {
  const { document, element, over, drop, lit, sent } = start();
  over("b", 25);
  drop("b", 25);
  fire(element, "dragstart");
  fire(document.getElementById("a")!, "dragstart", { dataTransfer: { clearData() {}, setData() {} } });
  over("b", 25);
  fire(element, "dragend");
  assert.equal(lit("b"), null);
  drop("c", 55);
  assert.deepEqual(sent, []);
});
