// Asks the server about the rules that only it can judge (names, numbers, common words, former passwords), once typing stops.
// On the element of `password-rules`: `data-judge="/…/"` answers `{ unmet, unknown }`, names of rules, as JSON; the lines are those
// with `data-judged`. Each is given its `data-verdict` (met, unmet, unknown), and the element hears `judged`. Without an answer
// they keep their ring: the form is judged again when it is sent. `[data-later]` in a line says so once nothing else is missing.
const STILL_FOR = 500;

interface Verdict {
  unmet: string[];
  unknown: string[];
}

export function passwordServerRules(element: HTMLElement, signal: AbortSignal): void {
  const input = element.querySelector("input");
  const address = element.dataset["judge"];
  const token = element.closest("form")?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value;
  if (!input || !address || !token) return;
  const lines = [...element.querySelectorAll<HTMLElement>("[data-judged]")];
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(typed: string): Promise<void> {
    const answer = await fetch(address!, {
      method: "POST",
      headers: { "X-CSRFToken": token! },
      body: new URLSearchParams({ neuf: typed }),
      redirect: "error",
      signal,
    }).catch(() => undefined);
    const said: unknown = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
    if (!isVerdict(said) || typed !== input!.value) return;
    for (const line of lines) show(line, said);
    element.dispatchEvent(new CustomEvent("judged"));
  }

  function wait(): void {
    for (const line of lines) show(line, undefined);
    clearTimeout(timer);
    if (input!.value) timer = setTimeout(() => void ask(input!.value), STILL_FOR);
  }

  input.addEventListener("input", wait, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}

function show(line: HTMLElement, said: Verdict | undefined): void {
  const rule = line.dataset["rule"] ?? "";
  const verdict = !said ? "" : said.unmet.includes(rule) ? "unmet" : said.unknown.includes(rule) ? "unknown" : "met";
  line.dataset["verdict"] = verdict;
  line.classList.toggle("met", verdict === "met");
  line.classList.toggle("broken", verdict === "unmet");
  const later = line.querySelector<HTMLElement>("[data-later]");
  if (later) later.hidden = verdict !== "unknown" || said!.unmet.length > 0;
}

function isVerdict(said: unknown): said is Verdict {
  const { unmet, unknown } = (said ?? {}) as Partial<Verdict>;
  return Array.isArray(unmet) && Array.isArray(unknown);
}
