import assert from "node:assert/strict";
import { test } from "node:test";
import { put, read } from "./draft-store.ts";
import { page, sealedIn, soon, storage } from "../kernel/testing-page.ts";
import { HALF_A_DAY } from "./letter-notice.ts";
import { waitingLetters } from "./waiting-letters.ts";

const NAME = "lettre:boite:k1:w1";
type Answer = { status: number; said?: string; url?: string } | null;

async function start(answers: Answer[], at = Date.now(), held = false) {
  const made = page(
    `<div id="copies"></div><div data-behaviour="waiting-letters" data-own="/webmail/ecrire/"><template data-late><p><b></b><button data-send-now></button><button data-unsend></button></p></template>
    <template data-told><p><b></b><span></span><a></a><button></button></p></template></div>`,
  );
  const { window, document, element, leave } = made;
  const [store, network] = [storage(), new EventTarget()];
  sealedIn(made, store);
  await put(document, NAME, { at, count: 1, subject: "Été", fields: [["texte", "Mots"]], leaves: { url: "/webmail/ecrire/k1/envoi/", at } });
  const locks = { request: async (_name: string, _how: object, act: (lock: object | null) => unknown) => act(held ? null : {}) };
  const view = { navigator: { locks }, localStorage: store, crypto, addEventListener: network.addEventListener.bind(network) };
  Object.defineProperty(document, "defaultView", { value: view });
  Object.defineProperty(document, "readyState", { value: "complete", configurable: true });
  const asked: Array<[string, Array<[string, string]>]> = [];
  class Form extends Array<[string, string]> {
    append(...one: [string, string]) { this.push(one); }
  }
  const ask = async (url: string, { body }: { body: Form }) => {
    asked.push([url, [...body]]);
    const answer = answers.shift();
    if (!answer) throw new Error("no network");
    const { status, ...told } = answer;
    return { status, ok: status === 200, headers: { get: () => (status === 404 ? "text/html" : "application/json") }, json: async () => told };
  };
  Object.assign(globalThis, { CustomEvent: window.CustomEvent, FormData: Form, fetch: ask });
  waitingLetters(element, leave.signal);
  await soon();
  return { document, network, leave, asked, told: () => document.getElementById("copies")!.textContent?.trim() };
}

test("it leaves, and the page is told", async () => {
  const { document, asked, told, leave } = await start([{ status: 200, said: "Parti" }]);
  assert.deepEqual(asked, [["/webmail/ecrire/k1/envoi/", [["texte", "Mots"], ["attente", "1"]]]]);
  assert.equal(await read(document, NAME), null);
  assert.equal(told(), "ÉtéParti");
  leave.abort();
});

test("without an answer it waits on, and tries again with the network", async () => {
  const { document, network, asked, leave } = await start([null, { status: 503, said: "" }, { status: 200, said: "Parti" }]);
  for (const count of [1, 2, 3]) {
    assert.equal(asked.length, count);
    assert.equal(Boolean((await read(document, NAME))?.leaves), count < 3);
    network.dispatchEvent(new Event("online"));
    await soon();
  }
  leave.abort();
});

test("refused, the words are said, and the text stays a copy where the server has not kept it", async () => {
  const { document, told, leave } = await start([{ status: 422, said: "Refusé" }]);
  assert.equal(told(), "ÉtéRefusé");
  const copy = await read(document, NAME);
  assert.deepEqual([copy?.subject, copy?.leaves], ["Été", undefined]);
  leave.abort();
});

test("of a place that is open no longer the text becomes a draft of one's own", async () => {
  const { document, asked, told, leave } = await start([{ status: 404 }, { status: 422, said: "Gardé", url: "/webmail/ecrire/k9/" }]);
  assert.equal(asked[1]![0], "/webmail/ecrire/k1/texte/");
  assert.equal(await read(document, NAME), null);
  assert.equal(told(), "ÉtéGardé");
  assert.equal(document.querySelector("#copies a")!.getAttribute("href"), "/webmail/ecrire/k9/");
  leave.abort();
});

test("older than half a day it is asked about first", async () => {
  const { document, asked, leave } = await start([{ status: 200, said: "Parti" }], Date.now() - HALF_A_DAY - 1000);
  assert.equal(asked.length, 0);
  document.querySelector<HTMLElement>("[data-send-now]")!.click();
  await soon();
  assert.equal(asked.length, 1);
  leave.abort();
});

test("not to be sent after all, it is a copy as any other", async () => {
  const { document, asked, leave } = await start([], Date.now() - HALF_A_DAY - 1000);
  document.querySelector<HTMLElement>("[data-unsend]")!.click();
  await soon();
  assert.equal((await read(document, NAME))?.leaves, undefined);
  assert.equal(asked.length, 0);
  leave.abort();
});

test("the window that writes it, or another tab, sends it", async () => {
  const { asked, leave } = await start([], Date.now(), true);
  assert.equal(asked.length, 0);
  leave.abort();
});
