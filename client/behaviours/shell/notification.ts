// A notice of the browser's own. Through the page's service worker where there is one: telephones show no other, and it
// leads to what it tells of although its page was closed. Without one, as long as its page is open.
export interface Notice {
  title: string;
  body: string;
  tag: string;
  icon: string;
  leads: string;
}

export type Leads = (address: string) => void;

/** Has the service worker at this address, whose presses lead where `leads` goes. */
export async function engage(view: Window, address: string, leads: Leads, signal: AbortSignal): Promise<void> {
  const workers = of(view);
  if (!workers) return;
  workers.addEventListener("message", (event) => {
    const { data, ports } = event as MessageEvent<{ leads?: string }>;
    if (!data.leads) return;
    ports[0]?.postMessage("heard");
    leads(data.leads);
  }, { signal });
  await workers.register(address, { updateViaCache: "none" }).catch(() => undefined);
}

/** Nothing of it stays: no program, no notice on the screen. */
export async function dismiss(view: Window): Promise<void> {
  for (const one of (await of(view)?.getRegistrations().catch(() => [])) ?? []) {
    const shown = await one.getNotifications().catch(() => []);
    for (const notice of shown) notice.close();
    await one.unregister().catch(() => undefined);
  }
}

export async function show(view: Window, { title, leads, ...rest }: Notice, goes: Leads): Promise<void> {
  const worker = await of(view)?.getRegistration().catch(() => undefined);
  if (worker?.active && (await worker.showNotification(title, { ...rest, data: leads }).then(() => true, () => false))) return;
  try {
    const notice = new Notification(title, rest);
    notice.onclick = () => {
      view.focus();
      notice.close();
      goes(leads);
    };
  } catch {
    return; // a telephone whose browser has no service worker
  }
}

// Not there in a private window of some browsers.
function of(view: Window): ServiceWorkerContainer | undefined {
  return view.navigator.serviceWorker as ServiceWorkerContainer | undefined;
}
