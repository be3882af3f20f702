import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fire, page } from "./page.ts";
import { upload } from "./upload.ts";

const FORM = `<ul id="list"></ul><form><input type="file" name="file" data-behaviour="upload" data-url="/f/" data-limit="100"
data-list="#list" data-template="#line" data-too-large="Too large." data-failed="Not sent."></form>
<template id="line"><li><b class="file-name"></b><progress max="100" value="0"></progress><button></button></li></template>`;

class Request extends EventTarget {
  static made: Request[] = [];
  status = 0;
  upload = new EventTarget();
  open(): void {}
  setRequestHeader(): void {}
  send(): void {
    Request.made.push(this);
  }
  abort(): void {
    this.dispatchEvent(new globalThis.Event("loadend"));
  }
  answer(status: number): void {
    this.status = status;
    this.dispatchEvent(new globalThis.Event("load"));
    this.dispatchEvent(new globalThis.Event("loadend"));
  }
}

class Form extends Map<string, unknown> {
  constructor() {
    super();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(() => {
  Request.made = [];
  globalThis.XMLHttpRequest = Request as unknown as typeof XMLHttpRequest;
  globalThis.FormData = Form as unknown as typeof FormData;
});

function form(): { choose: (...sizes: number[]) => Promise<void>; list: HTMLElement; saved: () => number } {
  const { element, document, leave } = page(FORM);
  const owner = document.querySelector("form")!;
  globalThis.CustomEvent = document.defaultView!.CustomEvent;
  let files: object[] = [];
  let saved = 0;
  owner.addEventListener("pause", () => saved++);
  Object.defineProperties(element, { form: { value: owner }, files: { get: () => files } });
  upload(element, leave.signal);
  const choose = (...sizes: number[]): Promise<void> => {
    files = sizes.map((size) => ({ name: `${size}.pdf`, size }));
    fire(element, "change");
    return settled();
  };
  return { choose, list: document.getElementById("list")!, saved: () => saved };
}

test("one after the other; each that has arrived has the form saved", async () => {
  const { choose, list, saved } = form();
  await choose(10, 20);
  assert.equal(list.querySelectorAll("li").length, 2);
  assert.equal(Request.made.length, 1);
  Request.made[0]!.answer(200);
  await settled();
  assert.equal(saved(), 1);
  assert.equal(list.querySelectorAll("li").length, 1);
  assert.equal(Request.made.length, 2);
});

test("what exceeds the limit is refused before it travels, with words", async () => {
  const { choose, list } = form();
  await choose(101);
  assert.equal(Request.made.length, 0);
  assert.equal(list.querySelector(".hint")!.textContent, "Too large.");
});

test("a refusal of the server is said, and the next file travels all the same", async () => {
  const { choose, list } = form();
  await choose(10, 20);
  Request.made[0]!.answer(500);
  await settled();
  assert.equal(list.querySelector(".hint")!.textContent, "Not sent.");
  assert.equal(Request.made.length, 2);
});

test("the cross stops one that travels and removes one that waits", async () => {
  const { choose, list } = form();
  await choose(10, 20, 30);
  const [first, second] = list.querySelectorAll("button");
  fire(second!, "click");
  fire(first!, "click");
  await settled();
  assert.equal(Request.made.length, 2);
  assert.equal(list.querySelectorAll("li").length, 1);
});
