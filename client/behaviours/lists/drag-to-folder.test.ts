import assert from "node:assert/strict";
import { test } from "node:test";
import { dragToFolder } from "./drag-to-folder.ts";
import { fire, page } from "../kernel/testing-page.ts";

function start(ticked: number[]) {
  const rows = [1, 2, 3].map((n) => `<li data-value="${n}"><input type="checkbox" name="choix" value="${n}"${ticked.includes(n) ? " checked" : ""}><a></a></li>`);
  const made = page(`<section data-behaviour="drag-to-folder" data-carry="depot" data-one="1 choisi" data-many="%s choisis">${rows.join("")}
    <form id="depot"><input name="vers"><input name="tout"></form></section><a id="dossier" data-drop="f1"></a><a id="autre"></a>`);
  const { document, element, leave } = made;
  let sent = 0;
  const form = document.querySelector("form")!;
  form.requestSubmit = () => void sent++;
  const pictures: string[] = [];
  const dataTransfer = { clearData() {}, setData() {}, setDragImage: (image: Element) => pictures.push(image.textContent ?? "") };
  dragToFolder(element, leave.signal);
  const drag = (row: number) => fire(element.querySelectorAll("a")[row - 1]!, "dragstart", { dataTransfer });
  const over = (id: string) => fire(document.getElementById(id)!, "dragover");
  const drop = (id: string) => fire(document.getElementById(id)!, "drop");
  const told = () => [...form.querySelectorAll<HTMLInputElement>("[name=choix]")].map((one) => one.value);
  return { ...made, drag, over, drop, told, pictures, sent: () => sent, to: () => form.querySelector<HTMLInputElement>("[name=vers]")!.value };
}

test("one item goes where it is let fall", () => {
  const { drag, over, drop, told, to, pictures, sent } = start([]);
  drag(2);
  assert.equal(over("dossier").defaultPrevented, true);
  drop("dossier");
  assert.deepEqual([told(), to(), sent(), pictures], [["2"], "f1", 1, ["1 choisi"]]);
});

test("a ticked one takes the other ticked ones along, another goes alone", () => {
  const first = start([1, 3]);
  first.drag(3);
  first.drop("dossier");
  assert.deepEqual([first.told(), first.pictures], [["1", "3"], ["2 choisis"]]);
  const second = start([1, 3]);
  second.drag(2);
  second.drop("dossier");
  assert.deepEqual(second.told(), ["2"]);
});

test("elsewhere, or after the end, nothing moves", () => {
  const { document, drag, over, drop, sent } = start([]);
  drag(1);
  assert.equal(over("autre").defaultPrevented, false);
  drop("autre");
  fire(document, "dragend");
  drop("dossier");
  assert.equal(sent(), 0);
});
