"""Curves of `bench.growth`: a panel for each thing that grows, both axes logarithmic, a line for each act."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import chain
from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, LEGEND = 360, 320, 52, 36, 30, 120
COLOURS = ("#2b4a6b", "#b3541e", "#4d7a3a", "#8a3d6e", "#6b6b00", "#00767a", "#7a7a7a", "#c0392b", "#5b4fa0")

type Panels = Mapping[str, Mapping[int, Mapping[str, float]]]


def draw(panels: Panels) -> str:
    """An SVG. `panels`: of each thing that grows, by its size, what each act took in milliseconds."""
    names = list(dict.fromkeys(chain.from_iterable(row for rows in panels.values() for row in rows.values())))
    whole = WIDTH * len(panels)
    drawn = [_panel(number * WIDTH, title, rows, names) for number, (title, rows) in enumerate(panels.items())]
    legend = [
        f'<text x="{LEFT + number % 4 * 160}" y="{HEIGHT + 24 + number // 4 * 20}" fill="{_colour(number)}">'
        f"— {escape(name)}</text>"
        for number, name in enumerate(names)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {HEIGHT + LEGEND}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>\n{"\n".join([*drawn, *legend])}\n</svg>\n'
    )


def _panel(left: int, title: str, rows: Mapping[int, Mapping[str, float]], names: Sequence[str]) -> str:
    sizes = sorted(rows)
    values = [value for row in rows.values() for value in row.values() if value > 0]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    across, up = WIDTH - LEFT - 16, HEIGHT - BOTTOM - TOP
    first, last = log10(sizes[0]), log10(sizes[-1])

    def x(size: float) -> float:
        return left + LEFT + (across * (log10(size) - first) / (last - first) if last > first else 0)

    def y(value: float) -> float:
        return TOP + up * (high - log10(value)) / (high - low)

    lines = [f'<text x="{left + LEFT}" y="18" font-weight="bold">{escape(title)} (ms; MB)</text>']
    for power in range(low, high + 1):
        at = y(10**power)
        lines.append(f'<path d="M{left + LEFT} {at:.1f}H{left + WIDTH - 16}" stroke="#ddd"/>')
        lines.append(f'<text x="{left + LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{10**power:g}</text>')
    lines += [
        f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{_short(size)}</text>'
        for size in sizes
    ]
    for number, name in enumerate(names):
        points = " ".join(f"{x(size):.1f},{y(rows[size][name]):.1f}" for size in sizes if rows[size].get(name, 0) > 0)
        lines.append(f'<polyline points="{points}" fill="none" stroke="{_colour(number)}" stroke-width="2"/>')
    return "\n".join(lines)


def _short(size: int) -> str:
    return f"{size / 1000:.3g}k" if size >= 1000 else str(size)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]
