// A file that is too large goes by a link, if somebody says so: in pieces, one after the other, each asked for again after
// a lost network from where the server has it. `data-link-template` draws the offer, `data-link-url` takes the form and
// answers where the pieces go; `data-link-most` octets at most. When all is there, or what came is taken out, the form says `pause`.
const PIECE = 4 * 1024 * 1024;
const WAITS = [1, 2, 5, 10, 30, 60, 60, 60]; // seconds between tries; any success begins anew

export function offer(input: HTMLInputElement, file: File, line: HTMLElement): boolean {
  const named = input.dataset["linkTemplate"];
  const template = named && input.ownerDocument.querySelector<HTMLTemplateElement>(named);
  if (!template || file.size > Number(input.dataset["linkMost"])) return false;
  const drawn = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
  drawn.querySelector(".file-name")!.textContent = file.name;
  const bar = line.querySelector("progress")!;
  const stop = new AbortController();
  drawn.querySelector("button")?.addEventListener("click", () => (stop.abort(), drawn.remove()));
  const go = drawn.querySelector<HTMLElement>("[data-link]");
  const secret = drawn.querySelector<HTMLInputElement>("[data-secret]");
  secret?.addEventListener("keydown", (event) => void (event.key === "Enter" && (event.preventDefault(), go?.click())));
  go?.addEventListener("click", () => {
    const said = drawn.querySelector(".hint")!;
    said.replaceWith(bar);
    void send(input, file, secret?.value ?? "", stop.signal, (share) => void (bar.value = share)).then((refusal) => {
      if (refusal === "") drawn.remove();
      else (drawn.classList.add("refused"), (said.textContent = refusal), bar.replaceWith(said));
      const form = input.form!; // drawn anew meanwhile, because somebody pressed "send" too early: then that one asks
      ((form.id && input.ownerDocument.getElementById(form.id)) || form).dispatchEvent(new CustomEvent("pause"));
    });
  });
  line.replaceWith(drawn);
  return true;
}

/** Answers why it was refused; nothing when the whole is there. */
async function send(input: HTMLInputElement, file: File, secret: string, signal: AbortSignal, tell: (share: number) => void): Promise<string> {
  const form = new FormData(input.form!);
  form.delete(input.name);
  for (const [name, value] of Object.entries({ pause: "1", nom: file.name, taille: String(file.size), type: file.type, modifie: String(file.lastModified), secret })) form.set(name, value);
  const token = String(form.get("csrfmiddlewaretoken"));
  const failed = input.dataset["failed"] ?? "";
  const begun = await asked(input.dataset["linkUrl"]!, { method: "POST", body: form, headers: { "HX-Request": "true", "X-Upload": "1" } });
  if (begun?.status !== 201) return (begun?.status === 422 && words(await begun.text())) || failed;
  const place = begun.headers.get("Location")!;
  let here = received(begun);
  for (let tries = 0; here < file.size && !signal.aborted; ) {
    tell((100 * here) / file.size);
    const body = file.slice(here, here + PIECE);
    const headers = { "X-CSRFToken": token, "Content-Type": "application/octet-stream" };
    let answer = await asked(`${place}?a=${here}`, { method: "POST", body, headers, signal });
    if (!signal.aborted && answer && answer.status < 500 && answer.status !== 409 && answer.status !== 204 && answer.status !== 429) return failed;
    if (answer?.status !== 204) answer = await asked(place, { method: "HEAD", signal });
    if (signal.aborted) break;
    const further = answer && answer.status === 204 ? received(answer) : here;
    if (further > here) tries = 0;
    else if (tries === WAITS.length) return failed;
    else await pause(WAITS[tries++]!, signal);
    here = further;
  }
  if (signal.aborted) await asked(place, { method: "DELETE", headers: { "X-CSRFToken": token } });
  return "";
}

const asked = (url: string, how: RequestInit): Promise<Response | null> => fetch(url, { credentials: "same-origin", ...how }).catch(() => null);
const received = (answer: Response): number => Number(answer.headers.get("X-Received"));
const words = (html: string): string => new DOMParser().parseFromString(html, "text/html").querySelector("p")?.textContent?.trim() ?? "";

/** Cut short when the network is back, or when it is stopped. */
function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, seconds * 1000);
    signal.addEventListener("abort", () => done(), { once: true });
    globalThis.addEventListener?.("online", () => done(), { once: true });
  });
}
