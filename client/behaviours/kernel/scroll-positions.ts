// How far each of the last lists of this tab was scrolled, the newest last. A page opened anew goes on in the list that was looked at
// last; Back finds the place of any of them.
const NAME = "places", KEPT = 20;

export function places(store: Storage) {
  const all = (): Map<string, number> =>
    new Map((store.getItem(NAME) ?? "").split("\n").filter(Boolean).map((one) => one.split(" ")).map(([list = "", top]) => [list, Number(top)]));

  return {
    of(list: string, back: boolean): number | undefined {
      const known = all();
      return back || [...known.keys()].at(-1) === list ? known.get(list) : undefined;
    },
    keep(list: string, top: number): void {
      const others = [...all()].filter(([whose]) => whose !== list).slice(1 - KEPT);
      store.setItem(NAME, [...others, [list, top]].map((one) => one.join(" ")).join("\n"));
    },
  };
}
