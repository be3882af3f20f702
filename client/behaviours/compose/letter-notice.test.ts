import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { HALF_A_DAY, letterNotice } from "./letter-notice.ts";

function start(kept = true) {
  const { window, document, element, leave } = page(
    `<ul id="envois-k1"></ul><form data-letter="k1"><div data-behaviour="letter-notice">
      ${["sending", "offline", "kept", "late", "files", "failed"].map((one) => `<p data-when="${one}" hidden></p>`).join("")}<button type="button" data-unsend></button><button type="button" data-send-now></button></div>
      <button data-send formaction="/webmail/ecrire/k1/envoi/"></button><button id="autre" formaction="/webmail/ecrire/k1/"></button><input></form>`,
  );
  const navigator = { onLine: true };
  Object.defineProperty(window, "navigator", { value: navigator, configurable: true });
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  const form = document.querySelector("form")!;
  const [asked, sent]: [Array<{ url: string; at: number } | null>, number[]] = [[], []];
  const press = (button: Element) => fire(form, "submit", { submitter: button });
  form.addEventListener("keep-to-send", (event) => {
    asked.push((event as CustomEvent<{ url: string; at: number }>).detail ?? null);
    form.dispatchEvent(new CustomEvent("kept-to-send", { detail: kept }));
  });
  Object.assign(form, { requestSubmit: (button: Element) => (sent.push(1), press(button)) });
  letterNotice(element, leave.signal);
  return {
    document, window, form, leave, asked, sent, navigator,
    send: () => press(form.querySelector("[data-send]")!),
    other: () => press(document.getElementById("autre")!),
    lost: () => fire(document, "htmx:error", { detail: { ctx: { sourceElement: form } } }),
    said: () => [...element.querySelectorAll<HTMLElement>("[data-when]")].filter((one) => !one.hidden).map((one) => one.dataset["when"]).join(),
  };
}

test("sent without a network it is kept, and leaves when the network is back", () => {
  const at = start();
  at.send();
  assert.equal(at.said(), "sending");
  at.lost();
  assert.equal(at.said(), "kept");
  assert.equal(at.asked[0]?.url, "/webmail/ecrire/k1/envoi/");
  at.window.dispatchEvent(new at.window.Event("online"));
  assert.deepEqual([at.said(), at.sent.length], ["sending", 1]);
  at.lost();
  assert.equal(at.said(), "kept");
  assert.equal(at.asked[1]?.at, at.asked[0]?.at); // its first press counts
  at.leave.abort();
});

test("the proxy's word that nobody is behind it is no answer", () => {
  const at = start();
  at.send();
  fire(at.document, "htmx:before:response", { detail: { ctx: { sourceElement: at.form, response: { status: 502 } } } });
  assert.equal(at.said(), "kept");
  at.leave.abort();
});

test("older than half a day it is asked about", () => {
  const at = start();
  at.send();
  at.lost();
  const now = Date.now;
  Date.now = () => now() + HALF_A_DAY + 1000;
  at.window.dispatchEvent(new at.window.Event("online"));
  assert.deepEqual([at.said(), at.sent.length], ["late", 0]);
  at.form.querySelector<HTMLElement>("[data-send-now]")!.click();
  Date.now = now;
  assert.equal(at.sent.length, 1);
  at.leave.abort();
});

test("typing, or the button, takes it back", () => {
  const at = start();
  at.send();
  at.lost();
  fire(at.form.querySelector("input")!, "input"); // the editor tidies up
  assert.equal(at.said(), "kept");
  at.form.querySelector("input")!.value = "Autre";
  fire(at.form.querySelector("input")!, "input");
  assert.deepEqual([at.said(), at.asked.at(-1)], ["", null]);
  at.send();
  at.lost();
  at.form.querySelector<HTMLElement>("[data-unsend]")!.click();
  assert.deepEqual([at.said(), at.asked.at(-1)], ["", null]);
  at.window.dispatchEvent(new at.window.Event("online"));
  assert.equal(at.sent.length, 0);
  at.leave.abort();
});

test("where nothing is kept it says that nothing left; where a file is on its way too", () => {
  const shared = start(false);
  shared.send();
  shared.lost();
  assert.equal(shared.said(), "failed");
  shared.leave.abort();
  const at = start();
  at.document.getElementById("envois-k1")!.innerHTML = "<li></li>";
  at.send();
  at.lost();
  assert.deepEqual([at.said(), at.asked.length], ["files", 0]);
  at.leave.abort();
});

test("a save that does not arrive says only that there is no network", () => {
  const at = start();
  at.other();
  at.lost();
  assert.deepEqual([at.said(), at.asked.length], ["offline", 0]);
  at.window.dispatchEvent(new at.window.Event("online"));
  assert.equal(at.said(), "");
  at.leave.abort();
});
