import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { upload } from "./upload.ts";

class Request extends EventTarget {
  static all: Request[] = [];
  upload = new EventTarget();
  status = 200;
  responseText = "<div><p>Le message dépasserait 25 Mo.</p></div>";
  aborted = false;
  body: Map<string, unknown> = new Map();
  open(): void {
    Request.all.push(this);
  }
  setRequestHeader(): void {}
  send(body: Map<string, unknown>): void {
    this.body = body;
  }
  abort(): void {
    this.aborted = true;
    this.end();
  }
  end(status = 200): void {
    this.status = status;
    if (!this.aborted) this.dispatchEvent(new Event("load"));
    this.dispatchEvent(new Event("loadend"));
  }
}

const line = `<li><span class="file-name"></span><button></button><progress max="100" value="0"></progress></li>`;
const html = `<form><input type="file" name="fichier" data-behaviour="upload" data-url="/garde/" data-files="#pieces" data-list="#ici"
  data-template="#modele" data-too-large="Trop lourd" data-failed="Raté"><template id="modele">${line}</template><div id="pieces" data-limit="100"></div><ul id="ici"></ul></form>`;

function start(...files: Array<{ name: string; size: number }>) {
  const { document, window, element, leave } = page(html);
  Request.all = [];
  Object.assign(globalThis, { XMLHttpRequest: Request, FormData: class extends Map { constructor() { super(); } }, CustomEvent: window.CustomEvent, DOMParser: (window as unknown as { DOMParser: unknown }).DOMParser });
  const form = element.closest("form")!;
  let pauses = 0;
  form.addEventListener("pause", () => (pauses += 1));
  let chosen = files;
  Object.defineProperties(element, { form: { value: form }, files: { get: () => chosen } });
  upload(element, leave.signal);
  fire(element, "change");
  const choose = (...more: typeof files): void => {
    chosen = more;
    fire(element, "change");
  };
  return { choose, lines: () => [...document.querySelectorAll("#ici li")], pauses: () => pauses };
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

test("one after the other, each with its line until it has arrived", async () => {
  const { lines, pauses } = start({ name: "a.pdf", size: 10 }, { name: "b.pdf", size: 10 });
  assert.deepEqual(lines().map((one) => one.querySelector(".file-name")!.textContent), ["a.pdf", "b.pdf"]);
  await turn();
  assert.equal(Request.all.length, 1);
  Request.all[0]!.upload.dispatchEvent(Object.assign(new Event("progress"), { lengthComputable: true, loaded: 5, total: 10 }));
  assert.equal(Number(lines()[0]!.querySelector("progress")!.value), 50);
  Request.all[0]!.end();
  await turn();
  assert.equal(lines().length, 1);
  assert.equal(pauses(), 1);
  assert.equal(Request.all.length, 2);
});

test("too large is said before anything leaves; a failure is said too", async () => {
  const { lines } = start({ name: "gros.bin", size: 101 }, { name: "a.pdf", size: 10 });
  await turn();
  assert.equal(Request.all.length, 1);
  assert.match(lines()[0]!.textContent!, /Trop lourd/);
  Request.all[0]!.end(500);
  assert.match(lines()[1]!.textContent!, /Raté/);
});

test("the cross stops the one under way", async () => {
  const { lines } = start({ name: "a.pdf", size: 10 });
  await turn();
  fire(lines()[0]!.querySelector("button")!, "click");
  assert.ok(Request.all[0]!.aborted);
  assert.equal(lines().length, 0);
});

test("why the server refuses is said in its own words", async () => {
  const { lines } = start({ name: "a.pdf", size: 10 });
  await turn();
  Request.all[0]!.end(422);
  assert.match(lines()[0]!.textContent!, /Le message dépasserait 25 Mo/);
});

test("what was stopped or refused leaves its room to others; what is on its way does not", async () => {
  const { lines, choose } = start({ name: "a.pdf", size: 60 }, { name: "b.pdf", size: 60 });
  assert.match(lines()[1]!.textContent!, /Trop lourd/);
  await turn();
  fire(lines()[0]!.querySelector("button")!, "click");
  await turn();
  choose({ name: "c.pdf", size: 60 });
  assert.ok(lines().at(-1)!.querySelector("progress"));
});
