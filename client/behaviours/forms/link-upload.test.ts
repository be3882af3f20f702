import assert from "node:assert/strict";
import { test } from "node:test";
import { offer } from "./link-upload.ts";
import { fire, page } from "../kernel/testing-page.ts";

const MB = 1024 * 1024;
const html = `<form><input type="file" name="fichier" data-behaviour="upload" data-failed="Raté" data-link-url="/liens/" data-link-most="${100 * MB}"
  data-link-template="#lien"><template id="lien"><li><span class="file-name"></span><button></button><span class="hint">Trop lourd <input data-secret value="des tilleuls"><button data-link></button></span></li></template>
  <ul><li id="ligne"><progress max="100" value="0"></progress></li></ul></form>`;

interface Asked { url: string; method: string; body?: unknown }

/** `answers`: what the server says, in order; null is a lost network. */
function start(size: number, answers: Array<[number, number] | null>, failing = "") {
  const { document, window, element } = page(html);
  const asked: Asked[] = [];
  const form = element.closest("form")!;
  let pauses = 0;
  form.addEventListener("pause", () => (pauses += 1));
  Object.defineProperty(element, "form", { value: form });
  Object.assign(globalThis, {
    CustomEvent: window.CustomEvent,
    DOMParser: (window as unknown as { DOMParser: unknown }).DOMParser,
    FormData: class extends Map { constructor() { super(); this.set("csrfmiddlewaretoken", "jeton").set("objet", "Bilan"); } },
    setTimeout: (done: () => void) => setImmediate(done),
    fetch: (url: string, how: RequestInit) => {
      asked.push({ url, method: String(how.method), body: how.body });
      const [status, here] = answers.shift() ?? [0, 0];
      if (!status) return Promise.reject(new Error("network"));
      return Promise.resolve({ status, headers: new Map([["Location", "/envois/x/"], ["X-Received", String(here)]]), text: async () => failing });
    },
  });
  const file = { name: "film.mp4", size, type: "video/mp4", lastModified: 1234, slice: (from: number, to: number) => [from, Math.min(to, size)] } as unknown as File;
  const offered = offer(element as HTMLInputElement, file, document.querySelector<HTMLElement>("#ligne")!);
  const line = document.querySelector("li")!;
  return { offered, asked, line, list: document.querySelector("ul")!, pauses: () => pauses, press: () => fire(line.querySelector("[data-link]")!, "click") };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 60; turn += 1) await new Promise((done) => setImmediate(done));
};

test("nothing leaves before somebody says so", async () => {
  const { offered, line, asked } = start(10 * MB, []);
  await turns();
  assert.ok(offered);
  assert.match(line.textContent!, /film\.mp4.*Trop lourd/s);
  assert.equal(asked.length, 0);
});

test("one too heavy for a link is not offered", () => {
  assert.equal(start(101 * MB, []).offered, false);
});

test("the form first, then piece after piece from where the server is", async () => {
  const { press, asked, list, pauses } = start(10 * MB, [[201, 0], [204, 4 * MB], [204, 8 * MB], [204, 10 * MB]]);
  press();
  await turns();
  assert.deepEqual(asked.map((one) => one.url), ["/liens/", "/envois/x/?a=0", `/envois/x/?a=${4 * MB}`, `/envois/x/?a=${8 * MB}`]);
  assert.deepEqual(asked.at(-1)!.body, [8 * MB, 10 * MB]);
  assert.equal((asked[0]!.body as Map<string, string>).get("objet"), "Bilan");
  assert.equal((asked[0]!.body as Map<string, string>).get("secret"), "des tilleuls");
  assert.equal((asked[0]!.body as Map<string, string>).get("modifie"), "1234");
  assert.equal(list.children.length, 0);
  assert.equal(pauses(), 1);
});

test("a form drawn anew meanwhile is the one that asks for the list", async () => {
  const { press, list } = start(4 * MB, [[201, 0], [204, 4 * MB]]);
  const old = list.closest("form")!;
  old.id = "lettre";
  press();
  const fresh = old.cloneNode(true) as HTMLElement;
  let asked = 0;
  fresh.addEventListener("pause", () => (asked += 1));
  old.replaceWith(fresh);
  await turns();
  assert.equal(asked, 1);
});

test("after a lost network it asks how far it is, and goes on from there", async () => {
  const { press, asked, list } = start(10 * MB, [[201, 0], null, null, null, [204, 3 * MB], [204, 7 * MB], [204, 10 * MB]]);
  press();
  await turns();
  assert.deepEqual(asked.slice(1).map((one) => `${one.method} ${one.url}`), [
    "POST /envois/x/?a=0", "HEAD /envois/x/", "POST /envois/x/?a=0", "HEAD /envois/x/",
    `POST /envois/x/?a=${3 * MB}`, `POST /envois/x/?a=${7 * MB}`,
  ]);
  assert.equal(list.children.length, 0);
});

test("another window that was first is followed", async () => {
  const { press, asked } = start(8 * MB, [[201, 0], [409, 0], [204, 4 * MB], [204, 8 * MB]]);
  press();
  await turns();
  assert.deepEqual(asked.slice(1).map((one) => `${one.method} ${one.url}`), ["POST /envois/x/?a=0", "HEAD /envois/x/", `POST /envois/x/?a=${4 * MB}`]);
});

test("a network that does not come back is said; so is a refusal, in its own words", async () => {
  const lost = start(8 * MB, [[201, 0]]);
  lost.press();
  await turns();
  assert.match(lost.line.textContent!, /Raté/);
  assert.ok(lost.line.classList.contains("refused"));
  const refused = start(8 * MB, [[422, 0]], "<div><p>Plus de place</p></div>");
  refused.press();
  await turns();
  assert.match(refused.line.textContent!, /Plus de place/);
});

test("the cross stops it and takes out what came, before the server answers, between pieces or while it waits", async () => {
  for (const [answers, before] of [[[[201, 0], [204, 0]], 0], [[[201, 0], [204, 4 * MB], [204, 0]], 1], [[[201, 0], null, null, [204, 0]], 2]] as const) {
    const { press, line, list, pauses, asked } = start(8 * MB, [...answers] as Array<[number, number] | null>);
    press();
    while (asked.length < before + 1) await new Promise((done) => setImmediate(done));
    fire(line.querySelector("button")!, "click");
    await turns();
    assert.deepEqual([asked.at(-1)!.method, asked.at(-1)!.url], ["DELETE", "/envois/x/"]);
    assert.equal(asked.filter((one) => one.method === "DELETE").length, 1);
    assert.equal(list.children.length, 0);
    assert.equal(pauses(), 1);
  }
});

test("stopped when nothing was begun, nothing is asked", async () => {
  const { line, asked, list } = start(8 * MB, []);
  fire(line.querySelector("button")!, "click");
  await turns();
  assert.equal(asked.length, 0);
  assert.equal(list.children.length, 0);
});
