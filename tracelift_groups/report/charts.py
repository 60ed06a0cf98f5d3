"""Charts as inline SVG: no script, colours from the page's style sheet, a title with the number on every mark."""

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT = 640, 150
_LABEL_WIDTH = 190
_ROW = 24


def histogram(counts: Sequence[int], title: str, start: float = 0.0, end: float = 1.0) -> str:
    """Vertical bars over [start, end), one per bin, with labels at the ends and quarters."""
    top = max(*counts, 1)
    width = _WIDTH / len(counts)
    step = (end - start) / len(counts)
    bars = []
    for i, count in enumerate(counts):
        height = (_HEIGHT - 30) * count / top
        # A bin that is not empty stays visible.
        height = max(height, 1.5) if count else 0
        name = f"{start + i * step:.2f} to {start + (i + 1) * step:.2f}: {count:,}"
        bars.append(
            f'<rect class="bar" x="{i * width + 1:.1f}" y="{_HEIGHT - 20 - height:.1f}" width="{width - 2:.1f}" '
            f'height="{height:.1f}"><title>{name}</title></rect>'
        )
    ticks = "".join(
        f'<text x="{_WIDTH * q:.0f}" y="{_HEIGHT - 4}" text-anchor="{_anchor(q)}">{start + (end - start) * q:g}</text>'
        for q in (0, 0.25, 0.5, 0.75, 1)
    )
    axis = f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_HEIGHT - 20}" y2="{_HEIGHT - 20}"/>'
    return _svg(title, _HEIGHT, f'<text x="0" y="10">{top:,}</text>{"".join(bars)}{axis}{ticks}')


def stacked(rows: Mapping[str, Sequence[int]], title: str, parts: Sequence[str]) -> str:
    """One horizontal bar per row, divided into shares; `parts` names them, their colours are part0, part1, …"""
    lines = []
    width = _WIDTH - _LABEL_WIDTH
    for number, (name, counts) in enumerate(rows.items()):
        y, x, total = number * _ROW, float(_LABEL_WIDTH), sum(counts) or 1
        lines.append(f'<text x="{_LABEL_WIDTH - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        for part, count in enumerate(counts):
            length = width * count / total
            if count:
                lines.append(
                    f'<rect class="part{part}" x="{x:.1f}" y="{y + 3}" width="{length:.1f}" height="{_ROW - 7}">'
                    f"<title>{escape(name)}, {escape(parts[part])}: {count:,} ({count / total:.1%})</title></rect>"
                )
            x += length
    return _svg(title, max(_ROW, len(rows) * _ROW), "".join(lines))


def _anchor(share: float) -> str:
    return "start" if share == 0 else "end" if share == 1 else "middle"


def _svg(title: str, height: int, content: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f"{content}</svg>"
    )
