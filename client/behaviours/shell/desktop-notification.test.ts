import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { desktopNotification } from "./desktop-notification.ts";
import { page } from "../kernel/testing-page.ts";

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 16; turn++) await Promise.resolve();
};

function start({ hidden = true, permission = "granted", news = `data-news="/nouvelles/?depuis="`, fresh = 1, title = "Anne", worker = "", rest = "" } = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const { document, window, element, leave } = page(
    `<div data-behaviour="desktop-notification" data-say="courrier" ${news} data-after="7" data-icon="/i.png" data-whose="moi" ${worker}></div>${rest}`,
  );
  const calls: string[] = [];
  const workers = Object.assign(new EventTarget(), {
    register: async (address: string) => void calls.push(`register ${address}`),
    getRegistration: async () => undefined,
    getRegistrations: async () => [{ getNotifications: async () => [], unregister: async () => void calls.push("unregister") }],
  });
  const own = document.defaultView!;
  Object.defineProperty(document, "defaultView", { value: Object.create(own, { navigator: { value: { serviceWorker: workers } } }) as object, configurable: true });
  const view = { visibilityState: hidden ? "hidden" : "visible" };
  Object.defineProperty(document, "visibilityState", { get: () => view.visibilityState, configurable: true });
  const shown: { title: string; body: string }[] = [];
  const asked: string[] = [];
  class Notice {
    static permission = permission;
    onclick: unknown;
    constructor(title: string, { body }: { body: string }) {
      shown.push({ title, body });
    }
  }
  const answer = { ok: true, json: async () => ({ after: 9, title, body: "Réunion", also: "a.5", fresh, url: "/salle/9/" }) };
  const played = { times: 0 };
  const node = { connect: () => node, start() {}, stop() {}, frequency: {}, gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} } };
  class Sound {
    currentTime = 0;
    constructor() {
      played.times += 1;
    }
    createOscillator = () => node;
    createGain = () => node;
  }
  Object.assign(globalThis, { AudioContext: Sound });
  const fetch = async (url: string) => (asked.push(url), answer);
  Object.assign(globalThis, { Notification: Notice, fetch });
  desktopNotification(element, leave.signal);
  const arrives = async (): Promise<void> => {
    document.body.dispatchEvent(new window.Event("courrier"));
    mock.timers.tick(1_500);
    await settled();
  };
  return { document, window, element, leave, view, shown, asked, arrives, played, calls, workers };
}

test("nobody looks: one notice, in the server's words", async () => {
  const { shown, asked, arrives } = start();
  await arrives();
  assert.deepEqual(asked, ["/nouvelles/?depuis=7"]);
  assert.deepEqual(shown, [{ title: "Anne", body: "Réunion" }]);
  await arrives();
  assert.equal(asked[1], "/nouvelles/?depuis=9"); // nothing is told twice
});

test("what comes together is told together, from before the list was drawn again", async () => {
  const { document, window, element, asked } = start();
  for (let times = 0; times < 3; times++) document.body.dispatchEvent(new window.Event("courrier"));
  element.dataset["after"] = "10";
  mock.timers.tick(1_500);
  await settled();
  assert.deepEqual(asked, ["/nouvelles/?depuis=7"]);
});

test("nothing is asked while somebody looks, without permission, or without the choice", async () => {
  for (const state of [{ hidden: false }, { permission: "default" }, { permission: "denied" }, { news: "" }]) {
    const { asked, shown, arrives } = start(state);
    await arrives();
    assert.deepEqual([asked.length, shown.length], [0, 0]);
  }
});

test("who comes back meanwhile sees the list, and no notice", async () => {
  const { document, window, view, shown } = start();
  document.body.dispatchEvent(new window.Event("courrier"));
  view.visibilityState = "visible";
  mock.timers.tick(1_500);
  await settled();
  assert.equal(shown.length, 0);
});

test("a page that is left tells nothing", async () => {
  const { leave, shown, arrives } = start();
  leave.abort();
  await arrives();
  assert.equal(shown.length, 0);
});

test("a sound by choice, also where no notice may be shown, and for news alone", async () => {
  const sounds = `data-news="/nouvelles/?depuis=" data-sounds`;
  const silent = start();
  await silent.arrives();
  assert.equal(silent.played.times, 0);
  const heard = start({ permission: "denied", news: sounds });
  await heard.arrives();
  assert.deepEqual([heard.played.times, heard.shown.length], [1, 0]);
  const nothing = start({ news: sounds, fresh: 0, title: "" });
  await nothing.arrives();
  assert.equal(nothing.played.times, 0);
});

test("further folders are asked about from where they were, and told once", async () => {
  const { asked, arrives } = start({ news: `data-news="/nouvelles/?depuis=" data-also="a.3,b.8"` });
  await arrives();
  await arrives();
  assert.deepEqual(asked, ["/nouvelles/?depuis=7&aussi=a.3,b.8", "/nouvelles/?depuis=9&aussi=a.5,b.8"]);
});

test("the worker is there where notices are wanted and allowed; where they are not wanted it goes", async () => {
  for (const [state, expected] of [
    [{ worker: `data-worker="/annonces.js"` }, ["register /annonces.js"]],
    [{ worker: `data-worker="/annonces.js"`, permission: "default" }, []],
    [{}, ["unregister"]],
  ] as const) {
    const { calls } = start(state);
    await settled();
    assert.deepEqual(calls, expected);
  }
});

test("a press on a notice presses the link that is there, or goes to the page", async () => {
  const rest = `<a href="/salle/9/?voir=tout">Neuf</a>`;
  const { document, workers } = start({ worker: `data-worker="/annonces.js"`, rest });
  const [pressed, gone]: [string[], string[]] = [[], []];
  document.querySelector("a")!.click = () => void pressed.push("9");
  Object.assign(document.defaultView!, { location: { assign: (address: string) => void gone.push(address) } });
  await settled();
  for (const leads of ["/salle/9/", "/salle/10/"]) {
    workers.dispatchEvent(Object.assign(new Event("message"), { data: { leads }, ports: [] }));
  }
  assert.deepEqual([pressed, gone], [["9"], ["/salle/10/"]]);
});
