import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { page } from "../behaviours/kernel/testing-page.ts";
import { Tail } from "./tail.ts";

const BLANK = "<div><br></div>", SIGNED = `<div class="signature"><div>Mathilde Lefèvre</div><div>Professeure</div></div>`;
const QUOTED = `<div>Le 3 juin, Karim a écrit :</div><blockquote type="cite"><p>Alors ?</p></blockquote>`;

before(() => {
  class Parser {
    parseFromString = (html: string): object => ({ body: page(`<main data-behaviour="x">${html}</main>`).element });
  }
  Object.assign(globalThis, { DOMParser: Parser });
});
after(() => Reflect.deleteProperty(globalThis, "DOMParser"));

function cut(html: string, forwarded = "---- Message") {
  const { element } = page(`<p data-behaviour="x" hidden><span></span><button></button></p>`);
  const tail = new Tail(element, html, forwarded);
  return { head: tail.head, html: tail.html, said: element.querySelector("span")!.textContent, shown: !element.hidden, tail };
}

test("signature and quotation follow, and nothing of the text is lost", () => {
  const head = `<div>Entendu.</div>${BLANK}`;
  const { said, shown, ...parts } = cut(head + SIGNED + BLANK + QUOTED);
  assert.deepEqual([parts.head, parts.html, said, shown], [head, SIGNED + BLANK + QUOTED, "Mathilde Lefèvre, Professeure", true]);
});

test("so does what is handed on, whatever it holds, and a signature alone", () => {
  const handed = `<div>---- Message transféré</div>${QUOTED}<div>PS</div>`;
  assert.equal(cut(BLANK + SIGNED + handed).html, SIGNED + handed);
  assert.equal(cut(BLANK + SIGNED).html, SIGNED);
  assert.equal(cut(BLANK + QUOTED).html, QUOTED);
});

test("what was written below or between is in sight", () => {
  for (const text of [`${QUOTED}<div>Oui.</div>`, `${QUOTED}<div>Oui.</div><blockquote>Deux</blockquote>`, `${SIGNED}<div>PS</div>`, `Sans bloc ${SIGNED}`]) {
    const { head, html, shown } = cut(text);
    assert.deepEqual([head, html, shown], [text, "", false]);
  }
});

test("taken, it is the text's", () => {
  const { tail } = cut(BLANK + SIGNED);
  assert.deepEqual([tail.take(), tail.html], [SIGNED, ""]);
});
