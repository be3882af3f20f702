import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { mediaFallback } from "./media-fallback.ts";

function start(tag: string, state: object = {}) {
  const { element, leave } = page(`<div data-behaviour="media-fallback"><${tag}></${tag}><p data-unplayed hidden>Non.</p></div>`);
  const medium = element.querySelector<HTMLVideoElement>(tag)!;
  const become = (next: object): void => {
    for (const [name, value] of Object.entries(next)) Object.defineProperty(medium, name, { value, configurable: true });
  };
  become({ error: null, readyState: 0, videoWidth: 0, ...state });
  mediaFallback(element, leave.signal);
  return { medium, said: element.querySelector<HTMLElement>("[data-unplayed]")!, become };
}

test("as long as nothing is known, nothing is said", () => {
  const { medium, said } = start("video");
  assert.ok(said.hidden && !medium.hidden);
});

test("what cannot be played gives its place to what can be done", () => {
  for (const tag of ["video", "audio"]) {
    const { medium, said, become } = start(tag);
    become({ error: { code: 2 } }); // the network went: it may be played later
    fire(medium, "error");
    assert.ok(said.hidden === (tag === "audio") || !medium.hidden);
    become({ error: { code: 4 } });
    fire(medium, "error");
    assert.ok(!said.hidden && medium.hidden);
  }
});

test("it may have failed before", () => {
  const { medium, said } = start("video", { error: { code: 4 } });
  assert.ok(!said.hidden && medium.hidden);
});

test("a film without its picture keeps its sound, and says so", () => {
  const { medium, said, become } = start("video");
  become({ readyState: 1 });
  fire(medium, "loadedmetadata");
  assert.ok(!said.hidden && !medium.hidden);
});

test("what plays is left alone", () => {
  const film = start("video");
  film.become({ readyState: 1, videoWidth: 640 });
  fire(film.medium, "loadedmetadata");
  assert.ok(film.said.hidden && !film.medium.hidden);
  const sound = start("audio");
  sound.become({ readyState: 1 });
  fire(sound.medium, "loadedmetadata");
  assert.ok(sound.said.hidden && !sound.medium.hidden);
});
