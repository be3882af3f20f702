import assert from "node:assert/strict";
import { test } from "node:test";
import { put, read } from "./draft-store.ts";
import { fire, page, sealedIn, soon, storage } from "../kernel/testing-page.ts";
import { gone, draftRestore } from "./draft-restore.ts";

const NAME = "lettre:moi:k1:w1";

async function start() {
  const made = page(
    `<form data-behaviour="draft-restore" data-whose="moi" data-letter="k1" data-writer="w1"><button data-throw>Jeter</button></form><main id="contenu"></main>`,
  );
  const { window, document, element, leave } = made;
  sealedIn(made, storage());
  await put(document, NAME, { at: Date.now(), count: 1, subject: "Été", fields: [["texte", "Mots"]] });
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  draftRestore(element, leave.signal);
  await soon();
  return { document, element, leave };
}

test("taken up, the form brings what the copy holds; then the copy and its offer go", async () => {
  const { document, element } = await start();
  const brought: Array<[string, string]> = [];
  fire(element, "formdata", { formData: { append: (name: string, value: string) => brought.push([name, value]) } });
  assert.deepEqual(brought, [["texte", "Mots"]]);
  gone(element);
  assert.equal(await read(document, NAME), null);
  assert.equal(element.isConnected, false);
});

test("thrown away, it goes from this browser", async () => {
  const { document, element } = await start();
  element.querySelector<HTMLElement>("[data-throw]")!.click();
  assert.equal(await read(document, NAME), null);
  assert.equal(element.isConnected, false);
});

test("the page hears when the letter itself is over", async () => {
  const { document, element } = await start();
  const heard: string[] = [];
  document.addEventListener("letter-over", (event) => heard.push((event as CustomEvent<string>).detail));
  gone(element);
  element.dataset["over"] = "";
  gone(element);
  assert.deepEqual(heard, ["k1"]);
});
