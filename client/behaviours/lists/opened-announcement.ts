// Says what was opened to those whose focus stays where it was and who do not see it: a message beside the list, or another list
// (a folder, a filter, results) by its name, its number and the filter, unless that is all.
// `<i hidden data-behaviour="opened-announcement" data-said="Opened: %s">`, beside `section[data-list]` with `.list-name`, `.count`,
// `.chips [aria-current]`, and a heading `[data-plane-heading=reader]`
import { aloud } from "../kernel/live-region.ts";

export function openedAnnouncement(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const say = aloud(element);
  const heading = (): HTMLElement | null => page.querySelector("[data-plane-heading=reader]");
  const words = (): string => heading()?.textContent.trim() ?? "";
  const list = (): HTMLElement | null => page.querySelector("section[data-list]");
  let known = words(), place = list()?.dataset["list"];

  const about = (): string => [...list()!.querySelectorAll(".list-name, .count, .chips [aria-current]:not(:first-child)")]
    .filter((one) => !one.closest("[data-value]")).map((one) => one.textContent.trim().replace(/\s+/g, " ")).filter(Boolean).join(", ");

  page.addEventListener("htmx:after:swap", () => {
    const now = words(), there = list()?.dataset["list"];
    const other = there !== undefined && there !== place;
    const fresh = now !== "" && now !== known;
    [known, place] = [now, there];
    // Once it is known who has the focus: a heading that has it is read by itself.
    queueMicrotask(() => {
      if (page.activeElement?.matches("[data-plane-heading]")) return;
      if (fresh) say((element.dataset["said"] ?? "").replace("%s", () => now));
      else if (other && list()) say(about());
    });
  }, { signal });
}
