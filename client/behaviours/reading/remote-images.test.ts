import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { remoteImages } from "./remote-images.ts";

function start(told: string) {
  const { document, element, leave } = page(
    `<form data-behaviour="remote-images" data-frame="corps-7" hidden><p></p><a target="corps-7">Afficher</a>` +
      `<details></details></form><iframe name="corps-7"></iframe>`,
  );
  const frame = document.querySelector("iframe")!;
  const inside = page(`<p data-behaviour></p>${told}`).document;
  Object.defineProperty(frame, "contentDocument", { value: inside });
  remoteImages(element, leave.signal);
  return { element, frame, inside };
}

test("blocked images are told above the frame, with both ways to see them", () => {
  const { element, inside } = start(`<p data-images="blocked"><span>3 images bloquées</span> <a>Afficher</a></p>`);
  assert.equal(element.hidden, false);
  assert.equal(element.querySelector("p")!.textContent, "3 images bloquées");
  assert.equal(element.querySelector("a")!.hidden, false);
  assert.equal(inside.querySelector<HTMLElement>("[data-images]")!.hidden, true);
});

test("where they appear before the text is shown, it waits for them", () => {
  const { frame, inside } = start("");
  const measured = (): Event => new (frame.ownerDocument.defaultView!.Event)("measured", { cancelable: true });
  assert.equal(frame.dispatchEvent(measured()), true);
  inside.body.innerHTML = `<p data-images="blocked"><span>1 image bloquée</span></p>`;
  assert.equal(frame.dispatchEvent(measured()), false);
});

test("once shown, only Always is left; a tracker alone leaves nothing to press", () => {
  const shown = start(`<p data-images="shown"><span>Images affichées</span></p>`).element;
  assert.equal(shown.querySelector("a")!.hidden, true);
  assert.equal(shown.querySelector("details")!.hidden, false);
  const spies = start(`<p data-images="spies"><span>1 mouchard</span></p>`).element;
  assert.equal(spies.querySelector("a")!.hidden, true);
  assert.equal(spies.querySelector("details")!.hidden, true);
});

test("a message without any says nothing, and each load looks again", () => {
  const { element, frame, inside } = start("");
  assert.equal(element.hidden, true);
  inside.body.innerHTML = `<p data-images="blocked"><span>1 image bloquée</span></p>`;
  fire(frame, "load");
  assert.equal(element.hidden, false);
});
