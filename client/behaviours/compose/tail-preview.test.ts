import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../kernel/testing-page.ts";
import { drawPlain, tailPreview } from "./tail-preview.ts";

test("it opens beneath as it is read, without its marks, and folds again; taken, its line goes", () => {
  const { document, element, leave } = page(
    `<div data-behaviour="x"><button data-opens data-fold="Replier">Voir</button><button data-takes hidden></button><div data-follows hidden></div></div>`,
  );
  let taken = 0;
  tailPreview(element, () => drawPlain(document, "Le 3, Karim a écrit :\n> Alors ?\n> > Avant\n>> Encore\n> Fin"), () => (taken += 1), leave.signal);
  const [opens, takes, place] = ["opens", "takes", "follows"].map((one) => element.querySelector<HTMLElement>(`[data-${one}]`)!) as [HTMLElement, HTMLElement, HTMLElement];
  opens.click();
  assert.deepEqual([place.hidden, takes.hidden, opens.textContent, opens.getAttribute("aria-expanded")], [false, false, "Replier", "true"]);
  assert.doesNotMatch(place.textContent ?? "", />/);
  assert.equal(place.querySelector("blockquote > blockquote")?.textContent, "AvantEncore");
  opens.click();
  assert.deepEqual([place.hidden, place.childNodes.length, opens.textContent], [true, 0, "Voir"]);
  takes.click();
  assert.deepEqual([taken, element.hidden], [1, true]);
});
