import assert from "node:assert/strict";
import { test } from "node:test";
import { dismiss, engage, show } from "./notification.ts";
import { page } from "../kernel/testing-page.ts";

const NOTICE = { title: "Anne", body: "Réunion", tag: "courrier", icon: "/i.png", leads: "/salle/7/" };

class Worker extends EventTarget {
  calls: string[] = [];
  shown: { title: string; options: Record<string, unknown>; close: () => void }[] = [];
  active: object | undefined = {};
  refuses = false;
  register = async (address: string, options: object) => void this.calls.push(`register ${address} ${JSON.stringify(options)}`);
  getRegistration = async () => this;
  getRegistrations = async () => [this];
  getNotifications = async () => this.shown;
  unregister = async () => void this.calls.push("unregister");
  async showNotification(title: string, options: Record<string, unknown>): Promise<void> {
    if (this.refuses) throw new TypeError("No active registration");
    this.shown.push({ title, options, close: () => this.calls.push(`close ${title}`) });
  }
}

function start(workers: Worker | undefined, { throws = false } = {}) {
  const { document, leave } = page(`<div data-behaviour="desktop-notification"></div>`);
  const view = Object.create(document.defaultView!, { navigator: { value: { serviceWorker: workers } }, focus: { value: () => undefined } }) as Window;
  const plain: { title: string; onclick?: () => void }[] = [];
  class Plain {
    onclick?: () => void;
    title: string;
    constructor(title: string) {
      this.title = title;
      if (throws) throw new TypeError("Illegal constructor");
      plain.push(this);
    }
    close = (): void => void plain.pop();
  }
  Object.assign(globalThis, { Notification: Plain });
  const gone: string[] = [];
  return { view, plain, gone, leads: (address: string) => void gone.push(address), leave };
}

test("the worker shows it, with where it leads", async () => {
  const worker = new Worker();
  const { view, leads, plain } = start(worker);
  await show(view, NOTICE, leads);
  const { title, options } = worker.shown[0]!;
  assert.deepEqual([title, options], ["Anne", { body: "Réunion", tag: "courrier", icon: "/i.png", data: "/salle/7/" }]);
  assert.equal(plain.length, 0);
});

test("where there is none yet, or it refuses, the page shows it itself and leads as well", async () => {
  const [young, stubborn] = [new Worker(), new Worker()];
  young.active = undefined;
  stubborn.refuses = true;
  for (const worker of [undefined, young, stubborn]) {
    const { view, leads, plain, gone } = start(worker);
    await show(view, NOTICE, leads);
    assert.equal(plain[0]!.title, "Anne");
    plain[0]!.onclick!();
    assert.deepEqual([gone, plain.length], [["/salle/7/"], 0]);
  }
});

test("a telephone without a worker stays silent", async () => {
  const { view, leads, plain } = start(undefined, { throws: true });
  await show(view, NOTICE, leads);
  assert.equal(plain.length, 0);
});

test("what is pressed leads through the page that hears it, until it is left", async () => {
  const worker = new Worker();
  const { view, leads, gone, leave } = start(worker);
  await engage(view, "/salle/annonces.js", leads, leave.signal);
  assert.deepEqual(worker.calls, [`register /salle/annonces.js {"updateViaCache":"none"}`]);
  const answers: unknown[] = [];
  const say = (data: object): void => {
    const ports = [{ postMessage: (word: unknown) => answers.push(word) }];
    worker.dispatchEvent(Object.assign(new Event("message"), { data, ports }));
  };
  say({ leads: "/salle/7/" });
  say({});
  assert.deepEqual([gone, answers], [["/salle/7/"], ["heard"]]);
  leave.abort();
  say({ leads: "/salle/8/" });
  assert.equal(gone.length, 1);
});

test("dismissed, its notices are closed and nothing stays", async () => {
  const worker = new Worker();
  const { view, leads } = start(worker);
  await show(view, NOTICE, leads);
  await dismiss(view);
  assert.deepEqual(worker.calls, ["close Anne", "unregister"]);
  await dismiss(start(undefined).view);
});
