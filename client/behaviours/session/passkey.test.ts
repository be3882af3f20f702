import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page, type Page } from "../kernel/testing-page.ts";
import { passkey } from "./passkey.ts";

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const OPTIONS = JSON.stringify({ challenge: "AQID", rpId: "x.test", allowCredentials: [{ id: "_-8", type: "public-key" }] });
const buffer = (...values: number[]): ArrayBuffer => new Uint8Array(values).buffer;

function dressed(get: (asked: unknown) => unknown, able = true): Page & { form: HTMLFormElement; sent: () => number } {
  const found = page(
    `<form data-behaviour="passkey" data-act="assert" hidden data-keeps-place><input name="cle" value=""><p data-said="refused" hidden></p></form>`,
  );
  const form = found.element as HTMLFormElement;
  form.dataset["options"] = OPTIONS;
  let sent = 0;
  form.requestSubmit = () => void sent++;
  const view = form.ownerDocument.defaultView as unknown as Record<string, unknown>;
  if (able) view["PublicKeyCredential"] = class {};
  else delete view["PublicKeyCredential"];
  const credentials = { value: { get: async (asked: unknown) => get(asked) }, configurable: true };
  Object.defineProperty(navigator, "credentials", credentials);
  passkey(form, found.leave.signal);
  return { ...found, form, sent: () => sent };
}

test("the device's answer fills the form, which then leaves", async () => {
  let asked: { publicKey: { challenge: Uint8Array; allowCredentials: { id: Uint8Array }[] } } | undefined;
  const { form, sent } = dressed((options) => {
    asked = options as typeof asked;
    return { id: "_-8", rawId: buffer(255, 239), type: "public-key", response: { clientDataJSON: buffer(1), signature: buffer(2) } };
  });
  assert.equal(form.hidden, false);
  assert.ok(fire(form, "submit").defaultPrevented);
  await settled();
  assert.deepEqual([...asked!.publicKey.challenge], [1, 2, 3]);
  assert.deepEqual([...asked!.publicKey.allowCredentials[0]!.id], [255, 239]);
  const answer = JSON.parse(form.querySelector("input")!.value);
  assert.deepEqual(answer, { id: "_-8", rawId: "_-8", type: "public-key", response: { clientDataJSON: "AQ", signature: "Ag" } });
  assert.equal(sent(), 1);
  assert.ok(!fire(form, "submit").defaultPrevented);
});

test("a refusal is said, and the form can be tried again", async () => {
  const { form, sent } = dressed(() => Promise.reject(new Error("NotAllowedError")));
  fire(form, "submit");
  await settled();
  assert.equal(form.querySelector("p")!.hidden, false);
  assert.equal(sent(), 0);
});

test("a browser that cannot never sees the form", () => {
  const { form } = dressed(() => null, false);
  assert.deepEqual([form.hidden, "keepsPlace" in form.dataset], [true, false]);
});
