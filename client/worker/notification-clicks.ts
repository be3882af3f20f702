// The one program that stays when the page is closed. It shows nothing by itself, asks for nothing and keeps nothing (its
// policy lets it do no more): a notice that is pressed leads to what it tells of, in a page that is open or in a new one.
interface Open {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(said: unknown, ports: readonly unknown[]): void;
}
interface Happening {
  readonly notification: { readonly data: unknown; close(): void };
  waitUntil(work: Promise<unknown>): void;
}
export interface Place {
  readonly clients: { matchAll(which: object): Promise<readonly Open[]>; openWindow(address: string): Promise<unknown> };
  readonly registration: { readonly scope: string };
  skipWaiting(): Promise<void>;
  addEventListener(name: string, act: (event: Happening) => void): void;
}

const PATIENCE = 500; // ms: a page that sleeps does not answer

export function attend(place: Place): void {
  place.addEventListener("install", (event) => event.waitUntil(place.skipWaiting())); // a newer one takes over at once
  place.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(lead(place, String(event.notification.data ?? "")));
  });
}

async function lead(place: Place, address: string): Promise<void> {
  const { scope } = place.registration;
  const there = new URL(address, scope).href;
  if (!there.startsWith(scope)) return; // not one of ours
  const pages = await place.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages.filter(({ url }) => url.startsWith(scope))) {
    if (!(await hears(page, address))) continue;
    await page.focus().catch(() => undefined); // only right after a press
    return;
  }
  await place.clients.openWindow(there);
}

function hears(page: Open, address: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise<boolean>((answer) => {
    const close = (heard: boolean): void => (port1.close(), answer(heard));
    port1.onmessage = () => close(true);
    setTimeout(close, PATIENCE, false);
    page.postMessage({ leads: address }, [port2]);
  });
}
