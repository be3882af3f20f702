import { offer } from "./link-upload.ts";

// Files chosen leave at once, one after the other, each with its progress and a cross that stops it. When one has arrived
// the form says `pause`, and what it then asks for shows the file. The form's template `data-template` draws a line.
// `<input type="file" data-behaviour="upload" data-url data-files data-list data-template data-too-large data-failed>`; the
// element `data-files`, which each save draws anew, says how many octets there is room for: `data-limit`. What is too large
// for it may go by a link (by-link.ts).
export function upload(element: HTMLElement, signal: AbortSignal): void {
  const input = element as HTMLInputElement;
  const page = input.ownerDocument;
  let queue: Promise<void> = Promise.resolve();
  let underway = 0; // octets chosen that the server does not have yet
  const room = () => Number(page.querySelector<HTMLElement>(input.dataset["files"] ?? "")?.dataset["limit"] ?? Infinity) - underway;

  function line(name: string): HTMLElement {
    const template = page.querySelector<HTMLTemplateElement>(input.dataset["template"] ?? "")!;
    const drawn = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
    drawn.querySelector(".file-name")!.textContent = name;
    page.querySelector(input.dataset["list"] ?? "")?.append(drawn);
    drawn.querySelector("button")?.addEventListener("click", () => drawn.remove());
    return drawn;
  }

  function refuse(drawn: HTMLElement, words: string): void {
    drawn.classList.add("refused");
    const said = page.createElement("span");
    said.className = "hint";
    said.textContent = words;
    drawn.querySelector("progress")?.replaceWith(said);
  }

  /** A refusal brings its own sentence; without one, what is known of it. */
  function reason(request: XMLHttpRequest): string {
    const said = request.status === 422 && new DOMParser().parseFromString(request.responseText, "text/html").querySelector("p");
    return (said && said.textContent?.trim()) || input.dataset[request.status === 413 ? "tooLarge" : "failed"] || "";
  }

  function send(file: File, drawn: HTMLElement): Promise<void> {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      const body = new FormData(input.form!);
      body.delete(input.name);
      body.set("pause", "1");
      body.set(input.name, file);
      request.upload.addEventListener("progress", (event) => {
        const bar = drawn.querySelector("progress");
        if (bar && event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
      });
      request.addEventListener("load", () => {
        if (request.status >= 400) refuse(drawn, reason(request));
        else drawn.remove();
        input.form?.dispatchEvent(new CustomEvent("pause"));
      });
      request.addEventListener("error", () => refuse(drawn, input.dataset["failed"] ?? ""));
      request.addEventListener("loadend", () => done());
      drawn.querySelector("button")?.addEventListener("click", () => request.abort());
      request.open("POST", input.dataset["url"] ?? "");
      request.setRequestHeader("HX-Request", "true");
      request.setRequestHeader("X-Upload", "1");
      request.send(body);
    });
  }

  input.addEventListener("change", () => {
    for (const file of [...(input.files ?? [])]) {
      const drawn = line(file.name);
      if (file.size > room()) {
        if (offer(input, file, drawn)) continue;
        refuse(drawn, input.dataset["tooLarge"] ?? "");
        continue;
      }
      underway += file.size;
      queue = queue.then(() => (drawn.isConnected ? send(file, drawn) : undefined)).then(() => void (underway -= file.size));
    }
    page.querySelector(input.dataset["list"] ?? "")?.lastElementChild?.scrollIntoView?.({ block: "nearest" }); // under a long text
    input.value = "";
  }, { signal });
}
