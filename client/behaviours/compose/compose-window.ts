// The sheet of a letter being written, `.composer[data-letter]`: which ones the page holds, what one says, how it goes.
export const sheets = (page: Document): HTMLElement[] => [...page.querySelectorAll<HTMLElement>(".composer[data-letter]")];
export const inSight = (page: Document): HTMLElement[] => sheets(page).filter((one) => !one.hidden);
export const letterOf = (sheet: HTMLElement | undefined): string => sheet?.dataset["letter"] ?? "";
export const sheetOf = (page: Document, letter: string): HTMLElement | undefined => sheets(page).find((one) => letterOf(one) === letter);
export const sheetAround = (target: EventTarget | null): HTMLElement | null => (target as Element | null)?.closest?.<HTMLElement>(".composer[data-letter]") ?? null;
export const fieldOf = (sheet: HTMLElement, name: string): string => sheet.querySelector<HTMLInputElement>(`[name=${name}]`)?.value.trim() ?? "";

/** Whether something of it was written, or is kept. */
export const written = (sheet: HTMLElement): boolean => !fieldOf(sheet, "debut") || Number(fieldOf(sheet, "frappe")) > 0;

/** Where one goes on writing. */
export function enter(sheet: HTMLElement): void {
  sheet.querySelector<HTMLElement>(".editor-text, textarea[name=texte]:not([hidden])")?.focus();
}

/** Each sheet bears the subject and the people that it has now, and its subject, told from the others by a number, as its name. */
export function entitle(sheets: HTMLElement[]): void {
  const named: string[] = [];
  for (const one of sheets) {
    const title = one.querySelector<HTMLInputElement>("[name=objet]")?.value.trim() || (one.dataset["untitled"] ?? "");
    const same = named.filter((other) => other === title).length;
    named.push(title);
    const who = one.querySelector<HTMLElement>("[data-nobody]");
    const people = [...one.querySelectorAll("[data-field=a] .person .person-name")].map((name) => name.textContent?.trim() ?? "");
    const said: [Element | null, string][] = [[one.querySelector("h2"), title], [who, people.join(", ") || (who?.dataset["nobody"] ?? "")], [one.querySelector("[data-about]"), title]];
    for (const [place, words] of said) if (place && place.textContent !== words) place.textContent = words;
    one.setAttribute("aria-label", `${one.dataset["name"]}, ${title}${same ? ` (${same + 1})` : ""}`);
  }
}

/** Takes a sheet away at once from who looks, and from the page when what it was saying to the server is said. */
export function takeAway(sheet: HTMLElement, signal: AbortSignal): void {
  const page = sheet.ownerDocument;
  const free = (): void => {
    if (!sheet.querySelector(".htmx-request")) sheet.remove();
    else page.addEventListener("htmx:finally:request", () => void setTimeout(free), { signal, once: true });
  };
  sheet.hidden = true;
  sheet.removeAttribute("id");
  delete sheet.dataset["letter"];
  free();
}
