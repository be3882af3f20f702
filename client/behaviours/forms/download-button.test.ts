import assert from "node:assert/strict";
import { test } from "node:test";
import { downloadButton } from "./download-button.ts";
import { fire, page } from "../kernel/testing-page.ts";

test("only this button is the browser's own", () => {
  const { document, element, leave } = page(`<form><button data-behaviour="download-button">Enregistrer</button><button>Archiver</button></form>`);
  const form = document.querySelector("form")!;
  downloadButton(element, leave.signal);
  let kept = 0;
  const stopPropagation = (): void => void (kept += 1);
  const sent = fire(form, "submit", { submitter: element, stopPropagation });
  assert.deepEqual([kept, sent.defaultPrevented], [1, false]);
  fire(form, "submit", { submitter: form.querySelectorAll("button")[1], stopPropagation });
  assert.equal(kept, 1);
});
