import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { passwordRules } from "./password-rules.ts";

const FIELD = `<div data-behaviour="password-rules" data-missing="Missing:" data-met="All met.">
  <input type="password"><p class="strength" data-words="Weak|Almost|Good|Solid" hidden><b><span>Strength: </span>-</b></p>
  <ul><li data-rule="length" data-least="12"><span>12 signs<span>, met</span></span></li><li data-rule="upper"><span>a capital</span></li>
  <li data-rule="lower"><span>a letter</span></li><li data-rule="digit"><span>a digit</span></li><li data-rule="special"><span>a sign</span></li>
  <li data-rule="numen"><span>nor your number</span></li></ul><p role="status"></p></div>`;

function typing() {
  const { element, document, leave } = page(FIELD);
  passwordRules(element, leave.signal);
  const input = document.querySelector("input")!;
  return {
    element,
    leave,
    type(text: string): void {
      input.value = text;
      fire(input, "input");
    },
    met: () => [...document.querySelectorAll<HTMLElement>(".met")].map((line) => line.dataset["rule"]),
  };
}

test("each rule is ticked when it is met, and only those that the browser can judge", () => {
  const { type, met } = typing();
  assert.deepEqual(met(), []);
  type("été");
  assert.deepEqual(met(), ["lower"]);
  type("Été 7 fois, oui");
  assert.deepEqual(met(), ["length", "upper", "lower", "digit", "special"]);
  type("");
  assert.deepEqual(met(), []);
});

test("the meter is shown while something is typed, and says it in a word", () => {
  const { element, type } = typing();
  const meter = element.querySelector<HTMLElement>(".strength")!;
  assert.equal(meter.hidden, true);
  const words: [string, string][] = [["abc", "Weak"], ["TroisMerles7", "Almost"], ["Trois7merles!", "Good"], ["Trois 7 merles noirs!", "Solid"], ["Azerty-Amiens-2026!", "Almost"]];
  for (const [typed, word] of words) {
    type(typed);
    assert.equal(meter.hidden, false);
    assert.equal(meter.querySelector("b")!.textContent, `Strength: ${word}`);
  }
  assert.equal(meter.querySelectorAll(".on").length, 2);
});

test("it speaks once typing stops", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { element, type } = typing();
  const status = element.querySelector("[role=status]")!;
  type("TroisMerles");
  assert.equal(status.textContent, "");
  mock.timers.tick(2000);
  assert.equal(status.textContent, "Missing: 12 signs, a digit, a sign");
  type("Trois 7 merles!");
  mock.timers.tick(2000);
  assert.equal(status.textContent, "All met.");
  mock.timers.reset();
});

const JUDGED = FIELD.replace('data-met="All met."', 'data-met="All met." data-unknown="On saving:"').replace(
  "</ul>",
  '<li data-rule="personal" data-judged data-advice="It holds your name."><span>no name</span></li><li data-rule="former" data-judged><span>none before</span></li></ul>',
);

function judging() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { element } = page(JUDGED);
  passwordRules(element, new AbortController().signal);
  const input = element.querySelector("input")!;
  const lines = [...element.querySelectorAll<HTMLElement>("[data-judged]")];
  return {
    type(text: string): void {
      input.value = text;
      fire(input, "input");
    },
    judge(...verdicts: string[]): void {
      lines.forEach((line, place) => (line.dataset["verdict"] = verdicts[place]!));
      fire(element, "judged");
    },
    strength: () => element.querySelector("b")!.textContent!.replace("Strength: ", ""),
    said(): string {
      mock.timers.tick(2000);
      return element.querySelector("[role=status]")!.textContent!;
    },
  };
}

test("what the server refuses is neither solid nor met, however long it is", () => {
  const { type, judge, strength, said } = judging();
  type("Agathe-Essai-Maubourg-1984!");
  assert.equal(strength(), "Almost", "nothing is promised before the verdict");
  judge("unmet", "unknown");
  assert.equal(strength(), "Almost");
  assert.equal(said(), "It holds your name.");
  type("agathe");
  judge("unmet", "unknown");
  assert.equal(strength(), "Weak");
  assert.equal(said(), "Missing: 12 signs, a capital, a digit, a sign. It holds your name.");
  mock.timers.reset();
});

test("what the server accepts is said whole, what it has not judged is named", () => {
  const { type, judge, strength, said } = judging();
  type("Trois 7 merles noirs!");
  assert.equal(said(), "On saving: no name, none before", "no answer came");
  judge("met", "unknown");
  assert.equal(strength(), "Solid");
  assert.equal(said(), "On saving: none before");
  judge("met", "met");
  assert.equal(said(), "All met.");
  type("Trois 7 merles noirs!!");
  assert.equal(strength(), "Almost", "the verdict was about another one");
  mock.timers.reset();
});
