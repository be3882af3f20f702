import assert from "node:assert/strict";
import { test } from "node:test";
import { attend } from "./notification-clicks.ts";

type Act = (event: object) => void;
const SCOPE = "https://ecole.example/salle/";

function start(pages: { url: string; hears: boolean }[]) {
  const acts = new Map<string, Act>();
  const [opened, told, focused]: [string[], string[], string[]] = [[], [], []];
  const open = pages.map(({ url, hears }) => ({
    url,
    focus: async () => void focused.push(url),
    postMessage(said: { leads: string }, [port]: MessagePort[]) {
      told.push(`${url} ${said.leads}`);
      if (hears) port!.postMessage("heard");
    },
  }));
  const skipped = { times: 0 };
  attend({
    clients: { matchAll: async () => open, openWindow: async (address: string) => void opened.push(address) },
    registration: { scope: SCOPE },
    skipWaiting: async () => void (skipped.times += 1),
    addEventListener: (name: string, act: Act) => void acts.set(name, act),
  } as unknown as Parameters<typeof attend>[0]);
  async function press(data: unknown): Promise<number> {
    let closed = 0;
    let work: Promise<unknown> = Promise.resolve();
    acts.get("notificationclick")!({ notification: { data, close: () => (closed += 1) }, waitUntil: (one: Promise<unknown>) => (work = one) });
    await work;
    return closed;
  }
  return { acts, opened, told, focused, press, skipped };
}

test("it answers to nothing but its own arrival and a press: no request passes through it, none is made by it", () => {
  const { acts, skipped } = start([]);
  assert.deepEqual([...acts.keys()].sort(), ["install", "notificationclick"]);
  acts.get("install")!({ waitUntil: () => undefined });
  assert.equal(skipped.times, 1);
});

test("a press goes to the first page that hears it, and is seen there", async () => {
  const { press, told, focused, opened } = start([
    { url: "https://ecole.example/ailleurs/", hears: true },
    { url: `${SCOPE}reglages/`, hears: false },
    { url: `${SCOPE}liste/`, hears: true },
  ]);
  assert.equal(await press("/salle/7/"), 1);
  assert.deepEqual(told, [`${SCOPE}reglages/ /salle/7/`, `${SCOPE}liste/ /salle/7/`]);
  assert.deepEqual(focused, [`${SCOPE}liste/`]);
  assert.deepEqual(opened, []);
});

test("where no page is open, or none hears, a new one is", async () => {
  const { press, opened } = start([{ url: SCOPE, hears: false }]);
  await press("/salle/7/");
  assert.deepEqual(opened, ["https://ecole.example/salle/7/"]);
});

test("an address that is not ours leads nowhere", async () => {
  const { press, opened, told } = start([{ url: SCOPE, hears: true }]);
  for (const address of ["https://mechant.example/", "/autre/", "javascript:alert(1)", undefined]) await press(address);
  assert.deepEqual([opened, told.filter((one) => !one.endsWith(" "))], [[], []]);
});
