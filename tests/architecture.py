"""Draws the rooms of the house and who imports whom, from the imports themselves: `python -m tests.architecture`."""

from __future__ import annotations

from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
FLOORS = {
    "parley": "the public face: import parley",
    "sim.cli": "parses and prints",
    "sim.report": "words, tables, figures, pages: what people read",
    "sim.app": "use cases: a function from a request to a result",
    "sim.interop": "foreign tables in and out",
    "sim.analysis": "counts of runs become estimates, verdicts, scores",
    "sim.engines": "play(): many runs compiled, or one through Mesa",
    "sim.bargaining": "games of a table and their equilibria",
    "sim.formats": "who speaks, what may be said, who must consent",
    "sim.rules": "one formula a file, compiled",
    "sim.scenario": "YAML -> Scenario -> arrays of draws",
    "sim.types": "frozen records that every floor may name",
}
WIDTH, BOX, HEIGHT, GAP, LEFT = 980, 560, 44, 16, 30


def floor_of(module: str) -> str:
    return "parley" if module.split(".")[0] == "parley" else ".".join(module.split(".")[:2])


def arrows() -> dict[tuple[str, str], int]:
    """(importing floor, imported floor) -> imports."""
    graph = grimp.build_graph("sim", "parley", cache_dir=None)
    counts: dict[tuple[str, str], int] = {}
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            pair = floor_of(importer), floor_of(imported)
            if pair[0] != pair[1] and set(pair) <= FLOORS.keys():
                counts[pair] = counts.get(pair, 0) + 1
    return counts


def rooms(floor: str) -> str:
    """The rooms of a floor, by name."""
    folder = ROOT / floor.replace(".", "/")
    inside = sorted(path.name for path in folder.iterdir() if (path / "__init__.py").exists())
    return " | ".join(inside)


def picture() -> str:
    """The SVG: a box a floor from top to bottom, an arc for every floor that another imports."""
    order = list(FLOORS)
    top = {floor: 20 + row * (HEIGHT + GAP) for row, floor in enumerate(order)}
    parts = []
    for (importer, imported), _ in sorted(arrows().items(), key=lambda item: [order.index(one) for one in item[0]]):
        steps = order.index(imported) - order.index(importer)
        x, start, end = LEFT + BOX, top[importer] + HEIGHT / 2, top[imported] + HEIGHT / 2
        bend = x + 24 + 30 * steps
        parts.append(
            f'<path d="M{x} {start:g} C{bend} {start:g} {bend} {end:g} {x + 7} {end:g}" fill="none" stroke="#4a6f8a" '
            'stroke-width="1.2" opacity="0.75" marker-end="url(#tip)">'
            f"<title>{importer} imports {imported}</title></path>"
        )
    for floor, words in FLOORS.items():
        y, inside = top[floor], rooms(floor)
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{BOX}" height="{HEIGHT}" rx="5" fill="#f4f1ea" stroke="#555"/>')
        name = floor.removeprefix("sim.")
        said = f'<tspan font-weight="bold">{name}</tspan>  <tspan fill="#444">{words.replace(">", "&gt;")}</tspan>'
        parts.append(f'<text x="{LEFT + 10}" y="{y + (18 if inside else 27)}">{said}</text>')
        if inside:
            parts.append(f'<text x="{LEFT + 10}" y="{y + 35}" fill="#777" font-size="11">{inside}</text>')
    height = 30 + len(order) * (HEIGHT + GAP)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        'font-size="13" role="img" aria-label="The rooms of the house; an arrow means: imports">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#4a6f8a"/></marker></defs>'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
