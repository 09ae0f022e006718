"""How the time of a talk grows with parties, issues, options and rounds: `python -m benchmarks.growth [--write]`.

One quantity is varied at a time around 4 parties, 6 issues, 5 options and 50 rounds, on random additive domains,
learning off and on; and two large talks are played by name.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.measure import machine_line, number, table
from benchmarks.throughput import ParleySide
from sim.engines.kernels import load_protocol
from tests.rules.domains import draw_numbers

ROOT = Path(__file__).resolve().parent.parent
BASE = {"parties": 4, "issues": 6, "options": 5, "rounds": 50}
RANGES = {
    "parties": (2, 3, 4, 6, 8, 12, 16, 22, 30),
    "issues": (2, 3, 4, 6, 8, 12, 16, 20),
    "options": (2, 3, 5, 8, 11, 16, 21),
    "rounds": (10, 20, 50, 100, 200),
}
NAMED = {
    "4 parties, 20 issues x 5 options (10^14 deals)": (4, 20, 5),
    "30 parties, 6 issues x 21 options (8.6 x 10^7 deals)": (30, 6, 21),
}
BUDGET = 0.15  # seconds per point and turn


def time_of(sizes: dict[str, int], *, learning: bool, turns: int = 3) -> tuple[float, float]:
    """CPU microseconds per talk (least of some turns) and share of agreements; as many domains as the budget allows."""
    shape = (sizes["parties"], sizes["issues"], sizes["options"])

    def side(n_domains: int) -> ParleySide:
        return ParleySide(draw_numbers(n_domains, *shape, seed=5), learning=learning, n_rounds=sizes["rounds"])

    pace = side(2)
    pace.play()
    one = max(pace.play().cpu / 2, 1e-6)
    talks = side(int(np.clip(BUDGET / one, 4, 400)))
    best = min(talks.play().cpu for _ in range(turns))
    return best / talks.n_domains * 1e6, talks.agreed


def measure(turns: int) -> dict[str, dict[bool, list[float]]]:
    """Microseconds per talk by what is varied and whether parties learn."""
    found: dict[str, dict[bool, list[float]]] = {}
    for name, steps in RANGES.items():
        found[name] = {
            learning: [time_of({**BASE, name: step}, learning=learning, turns=turns)[0] for step in steps]
            for learning in (False, True)
        }
    return found


def draw(found: dict[str, dict[bool, list[float]]], folder: Path) -> None:
    """Four small charts on logarithmic axes, as SVG and PNG."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams["svg.hashsalt"] = "parley"
    figure, axes = plt.subplots(1, 4, figsize=(12, 3.2), sharey=True, layout="constrained")
    for axis, (name, steps) in zip(axes, RANGES.items(), strict=True):
        for learning, colour in ((False, "#1f5f8b"), (True, "#c2571a")):
            label = "learning" if learning else "learning off"
            axis.plot(steps, np.array(found[name][learning]) / 1000, "o-", color=colour, markersize=4, label=label)
        axis.set(xscale="log", yscale="log", xlabel=name)
        axis.set_xticks(steps[::2], [str(step) for step in steps[::2]])
        axis.minorticks_off()
        axis.grid(alpha=0.3)
        axis.axvline(BASE[name], color="#999999", linewidth=0.8, linestyle=":")
    axes[0].set_ylabel("CPU milliseconds per talk")
    axes[0].legend(frameon=False, fontsize=9)
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "growth.svg", metadata={"Date": None})
    figure.savefig(folder / "growth.png", dpi=120)
    plt.close(figure)


def section(*, turns: int = 3, folder: Path | None = None) -> str:
    """Measure, as Markdown; draws into `folder` if given."""
    load_protocol()
    lines = ["## Growth", "", machine_line() + ".", ""]
    found = measure(turns)
    for name, steps in RANGES.items():
        head = [f"us a talk, by {name}", *(str(step) for step in steps)]
        rows = [["learning" if k else "learning off", *map(number, found[name][k])] for k in (False, True)]
        lines += [table(head, rows), ""]
    rows = []
    for title, (parties, issues, options) in NAMED.items():
        sizes = {"parties": parties, "issues": issues, "options": options, "rounds": 50}
        (off, agreed), (on, agreed_on) = (time_of(sizes, learning=k, turns=1) for k in (False, True))
        rows.append([title, number(off / 1000), f"{agreed:.0%}", number(on / 1000), f"{agreed_on:.0%}"])
    lines += [table(("named talk, 50 rounds", "ms", "agree", "ms, learning", "agree, learning"), rows), ""]
    base = ", ".join(f"{value} {name}" for name, value in BASE.items())
    lines += [f"Around {base}; CPU time, the least of {turns} turns. {machine_line()}.", ""]
    if folder is not None:
        draw(found, folder)
        lines += ["![Time of a talk against parties, issues, options and rounds](images/growth.svg)", ""]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="draw docs/images/growth.svg and .png")
    given = parser.parse_args()
    print(section(turns=given.turns, folder=ROOT / "docs" / "images" if given.write else None))


if __name__ == "__main__":
    main()
