import assert from "node:assert/strict";
import { test } from "node:test";
import { audioLink } from "./audio-link.ts";
import { fire, page } from "../kernel/testing-page.ts";

const FIELD = `<div class="field"><a data-behaviour="audio-link" data-failed="No sound" href="/son/">Listen</a><p data-said="listen" hidden></p></div>`;

function withAudio(plays: boolean): { dressed: ReturnType<typeof page>; heard: string[] } {
  const dressed = page(FIELD);
  const heard: string[] = [];
  class Sound {
    currentTime = 7;
    readonly address: string;
    constructor(address: string) {
      this.address = address;
    }
    play(): Promise<void> {
      heard.push(`${this.address} from ${this.currentTime}`);
      return plays ? Promise.resolve() : Promise.reject(new Error("refused"));
    }
    pause(): void {
      heard.push("paused");
    }
  }
  Object.assign(dressed.document.defaultView!, { Audio: Sound });
  audioLink(dressed.document.querySelector("a")!, dressed.leave.signal);
  return { dressed, heard };
}

test("the sound is played in place, from its beginning, as often as one likes", () => {
  const { dressed, heard } = withAudio(true);
  const link = dressed.document.querySelector("a")!;
  assert.equal(fire(link, "click").defaultPrevented, true);
  fire(link, "click");
  assert.deepEqual(heard, ["/son/ from 0", "/son/ from 0"]);
});

test("what cannot be played is said", async () => {
  const { dressed } = withAudio(false);
  fire(dressed.document.querySelector("a")!, "click");
  await new Promise((resolve) => setTimeout(resolve, 0));
  const said = dressed.document.querySelector<HTMLElement>("[data-said]")!;
  assert.equal(said.textContent, "No sound");
  assert.equal(said.hidden, false);
});

test("it stops when the captcha is changed", () => {
  const { dressed, heard } = withAudio(true);
  fire(dressed.document.querySelector("a")!, "click");
  dressed.leave.abort();
  assert.equal(heard.at(-1), "paused");
});
