import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { passwordServerRules } from "./password-server-rules.ts";

const FIELD = `<form><input type="hidden" name="csrfmiddlewaretoken" value="token"><div data-behaviour="password-server-rules" data-judge="/regles/"><input type="password">
  <ul><li data-rule="length"></li><li data-rule="numen" data-judged></li><li data-rule="common" data-judged></li><li data-rule="former" data-judged><i data-later hidden>later</i></li></ul></div></form>`;

function typing(answer: () => Promise<unknown>) {
  mock.timers.enable({ apis: ["setTimeout"] });
  const asked: string[] = [];
  mock.method(globalThis, "fetch", (_address: string, options: { body: URLSearchParams }) => {
    asked.push(options.body.get("neuf")!);
    return answer();
  });
  const { element, document, leave, window } = page(FIELD);
  Object.assign(globalThis, { CustomEvent: window.CustomEvent });
  passwordServerRules(element, leave.signal);
  const input = element.querySelector("input")!;
  let judged = 0;
  element.addEventListener("judged", () => judged++);
  return {
    asked,
    heard: () => judged,
    later: element.querySelector<HTMLElement>("[data-later]")!,
    leave,
    async type(text: string, then?: () => void): Promise<void> {
      input.value = text;
      fire(input, "input");
      then?.();
      mock.timers.tick(600);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
    broken: () => [...document.querySelectorAll<HTMLElement>(".broken")].map((line) => line.dataset["rule"]),
    met: () => [...document.querySelectorAll<HTMLElement>(".met")].map((line) => line.dataset["rule"]),
  };
}

afterEach(() => mock.restoreAll());
afterEach(() => mock.timers.reset());

test("what the server does not refuse is ticked once typing stops, and what it refuses is crossed", async () => {
  const { asked, type, met, broken } = typing(async () => ({ ok: true, json: async () => ({ unmet: ["common", "length"], unknown: ["former"] }) }));
  await type("Azerty");
  assert.deepEqual(asked, ["Azerty"]);
  assert.deepEqual([met(), broken()], [["numen"], ["common"]]);
  await type("Azerty et", () => assert.deepEqual(broken(), [])); // not known of what is typed now
});

test("an empty field asks nothing, and nothing stays ticked", async () => {
  const { asked, type, met } = typing(async () => ({ ok: true, json: async () => ({ unmet: [], unknown: ["former"] }) }));
  await type("Trois merles");
  assert.deepEqual(met(), ["numen", "common"]);
  await type("");
  assert.deepEqual(met(), []);
  assert.equal(asked.length, 1);
});

test("a server that does not answer, or something else, leaves the rings", async () => {
  for (const answer of [async () => Promise.reject(new Error("away")), async () => ({ ok: false }), async () => ({ ok: true, json: async () => ({}) }), async () => ({ ok: true, json: async () => ["common"] })]) {
    const { type, met } = typing(answer);
    await type("Trois merles");
    assert.deepEqual(met(), []);
    mock.restoreAll();
    mock.timers.reset();
  }
});

test("what is judged later says so, once nothing else is in the way", async () => {
  let unmet = ["common"];
  const { later, type, met, heard } = typing(async () => ({ ok: true, json: async () => ({ unmet, unknown: ["former"] }) }));
  await type("Azerty-2026!");
  assert.equal(later.hidden, true);
  unmet = [];
  await type("Trois merles");
  assert.equal(later.hidden, false);
  assert.deepEqual(met(), ["numen", "common"]);
  assert.equal(heard(), 2);
  await type("Trois merles,", () => assert.equal(later.hidden, true));
});

test("nothing is asked after the field has left", async () => {
  const { asked, leave, type } = typing(async () => ({ ok: true, json: async () => ({ unmet: [], unknown: ["former"] }) }));
  await type("Trois merles", () => leave.abort());
  assert.deepEqual(asked, []);
});
