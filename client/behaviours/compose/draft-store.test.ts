import assert from "node:assert/strict";
import { test } from "node:test";
import { copies, drop, put, read, shelf, waiting, waitingNames } from "./draft-store.ts";
import { page, sealedIn, storage } from "../kernel/testing-page.ts";

const copy = (at: number, words = "") => ({ at, count: 1, subject: words, fields: [["texte", words]] as Array<[string, string]> });

function start(owner = "moi", store = storage()) {
  const made = page(`<form data-behaviour="orphan-drafts" data-whose="boite"></form>`);
  sealedIn(made, store, owner);
  return { ...made, store };
}

test("nothing of a letter stands in the storage as it is, and only its owner's key opens it", async () => {
  const { document, store } = start();
  await put(document, "lettre:boite:a1:w1", copy(Date.now(), "Le conseil de discipline"));
  const kept = store.getItem("lettre:boite:a1:w1")!;
  assert.doesNotMatch(kept, /discipline|texte/);
  assert.equal((await read(document, "lettre:boite:a1:w1"))?.subject, "Le conseil de discipline");
  const other = start("autre", store);
  assert.equal(await read(other.document, "lettre:boite:a1:w1"), null);
  assert.deepEqual(await copies(other.element), []);
  assert.equal(store.length, 1); // it waits for its owner
});

test("what was sealed under one name opens under no other, nor with another word about it", async () => {
  const { document, store } = start();
  await put(document, "lettre:boite:a1:w1", copy(Date.now()));
  const kept = store.getItem("lettre:boite:a1:w1")!;
  store.setItem("lettre:boite:b2:w1", kept);
  store.setItem("lettre:boite:a1:w1", kept.replace(/ 0 /, " 1 "));
  assert.equal(await read(document, "lettre:boite:b2:w1"), null);
  assert.equal(await read(document, "lettre:boite:a1:w1"), null);
});

test("the newest comes first, old ones go; of another place stays", async () => {
  const { document, element, store } = start();
  const now = Date.now();
  await put(document, "lettre:boite:a1:w1", copy(now - 5));
  await put(document, "lettre:boite:b2:w2", copy(now));
  await put(document, "lettre:autre:c3:w3", copy(now));
  await put(document, "lettre:boite:d4:w4", copy(now - 70 * 24 * 3600 * 1000));
  store.setItem("shortcuts-off", "1");
  assert.deepEqual((await copies(element)).map((one) => [one.letter, one.writer]), [["b2", "w2"], ["a1", "w1"]]);
  assert.equal(store.length, 4);
});

test("what an older version left unsealed is given back in its place, and goes from another's", async () => {
  const { element, store } = start();
  store.setItem("lettre:boite:a1:w1", JSON.stringify(copy(Date.now(), "Ancien")));
  store.setItem("lettre:autre:b2:w1", JSON.stringify(copy(Date.now(), "Autre")));
  assert.deepEqual((await copies(element)).map((one) => one.subject), ["Ancien"]);
  assert.equal(store.length, 1);
});

test("what is to leave is told without a key, and is no copy to offer", async () => {
  const { document, element, store } = start();
  await put(document, "lettre:boite:a1:w1", { ...copy(Date.now()), leaves: { url: "/envoi/", at: 1 } });
  assert.deepEqual(waitingNames(store, "moi"), ["lettre:boite:a1:w1"]);
  assert.deepEqual(waitingNames(store, "autre"), []);
  assert.deepEqual(await copies(element), []);
  assert.deepEqual((await waiting(document)).map((one) => one.leaves), [{ url: "/envoi/", at: 1 }]);
});

test("without room the oldest of the others makes some, but none that is to leave; what is larger than all stays out", async () => {
  const { document } = start("moi", storage(640));
  const put1 = (name: string, at: number, words: string, more = {}) => put(document, `lettre:boite:${name}:w`, { ...copy(at, words), ...more });
  await put1("z", 0, "", { leaves: { url: "/", at: 0 } });
  await put1("a", 1, "x".repeat(20));
  await put1("b", 2, "x".repeat(20));
  assert.equal(await put1("c", 3, "x".repeat(20)), true);
  assert.equal(await read(document, "lettre:boite:a:w"), null);
  assert.equal((await read(document, "lettre:boite:c:w"))?.at, 3);
  assert.ok(await read(document, "lettre:boite:z:w"));
  assert.equal(await put1("d", 4, "x".repeat(600)), false);
});

test("what is dropped while it is being sealed does not come back", async () => {
  const { document, store } = start();
  const sealing = put(document, "lettre:boite:a1:w1", copy(1));
  drop(document, "lettre:boite:a1:w1");
  await sealing;
  assert.equal(store.length, 0);
});

test("on a shared computer there is no key, and nothing is kept", async () => {
  const { document, store } = start();
  delete document.getElementById("attente")!.dataset["seal"];
  assert.equal(shelf(document), null);
  assert.equal(await put(document, "lettre:boite:a1:w1", copy(1)), false);
  assert.equal(store.length, 0);
});
