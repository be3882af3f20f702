import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { lines, reduced, tamed, withoutFonts } from "./paste-cleaner.ts";

const OWN = new Set(["ink-brick"]);

function pasted(html: string): string {
  const { document } = parseHTML(`<!doctype html><html><body></body></html>`);
  const holder = document.createElement("div");
  holder.innerHTML = tamed(html);
  const fragment = document.createDocumentFragment();
  fragment.append(...holder.childNodes);
  reduced(fragment as unknown as DocumentFragment, OWN);
  holder.append(fragment);
  return holder.innerHTML;
}

test("nothing that our pages' policy would complain of reaches a parser", () => {
  const html = tamed(`<!--[if gte mso 9]><xml>x</xml><![endif]--><style>p{}</style><p STYLE='a' onclick = "b()">c</p><script>d</script>`);
  assert.ok(!/\sstyle\s*=|\sonclick|<script|<style|<xml/i.test(html), html);
  assert.match(html, /data-style='a'/);
});

test("of Word stays what is meant: bold, lists, links", () => {
  const html = pasted(`<p class=MsoNormal style="mso-x:y;font-family:Arial"><b style="mso-bidi-font-weight:normal"><span
    style="font-size:14pt">Titre</span></b></p><p class="MsoListParagraph" style="mso-list:l0 level1"><span>·<span>&nbsp;&nbsp; </span></span>un</p>
    <p class="MsoListParagraph" style="mso-list:l0 level1"><span>·&nbsp; </span>deux</p><p style="mso-list:l1"><span>1.&nbsp; </span>trois</p>`);
  assert.match(html, /<p><b>Titre<\/b><\/p>/);
  assert.match(html, /<ul><li>un<\/li><li>deux<\/li><\/ul>/);
  assert.match(html, /<ol><li>trois<\/li><\/ol>/);
  assert.ok(!/mso|Mso|style|Arial/.test(html), html);
});

test("of the web: weight and slant as elements, our own colours kept, a bold wrap that is none undone", () => {
  assert.equal(pasted(`<b style="font-weight:normal"><span style="font-weight:700">a</span></b>`), "<b>a</b>");
  assert.equal(pasted(`<span style="font-style: italic">a</span>`), "<i>a</i>");
  assert.equal(pasted(`<span class="ink-brick other" data-style="color:red">a</span>`), `<span class="ink-brick">a</span>`);
});

test("old fonts become styles that the editor keeps", () => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const holder = document.createElement("div");
  holder.innerHTML = `<font color="#a23a2c" size="5" face="Arial"><b>a</b></font><font>b</font>`;
  withoutFonts(holder as unknown as DocumentFragment);
  assert.equal(holder.innerHTML, `<span data-style="color:#a23a2c;font-family:Arial;font-size:24px"><b>a</b></span><span>b</span>`);
});

test("plain lines are lines, and no HTML", () => {
  assert.equal(lines("a <b> & c\r\n\nd"), "<div>a &lt;b&gt; &amp; c</div><div><br></div><div>d</div>");
});
