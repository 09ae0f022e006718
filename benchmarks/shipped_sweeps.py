"""Play the designs that ship, and write what was found to docs/sweeps.md: `python -m benchmarks.shipped_sweeps`.

Nothing on that page is typed in but the question of each design. A sweep that is there already in `build/sweeps` is
taken over; the program refuses it where anything that its numbers hang on has changed, so that the page is true.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import parley
from sim.app.errors import InputError

DESIGNS = {
    "village-sliders": "Does the mill need a seat, or a mediator who comes and goes, and from where on?",
    "sixty-numbers": "On which of sixty numbers of the flagship does it rest that four at the table get further?",
    "pressure-and-cost": "Where does a bilateral lead, if pressure on a party and what waiting costs it are swept?",
}
PAGE, KEPT = Path("docs/sweeps.md"), Path("build/sweeps")
HEAD = """# Three sweeps

Written by `make sweeps`, from the designs in [`scenarios/designs`](../scenarios/designs); nothing here is typed in but
the questions. Each line of a design can be changed and the sweep run again: [how to](how-to/sweep.md). A sweep shows
what follows from a scenario file where a few of its numbers are moved; a share of points is no likelihood.
"""


def played(name: str) -> parley.Sweep:
    """A shipped design, played by the processes of this machine, or taken over where it is there and still right."""
    design = parley.design(f"scenarios/designs/{name}.yml")
    try:
        return parley.sweep(design, KEPT / name, progress=True)
    except InputError:  # it was made by other code or from another file: it goes
        shutil.rmtree(KEPT / name)
        return parley.sweep(design, KEPT / name, progress=True)


def section(name: str, question: str) -> str:
    """What was found, as Markdown."""
    sweep = played(name)
    words = str(sweep).rstrip()
    digest = sweep.record.folder.digest()[:16]
    made = f"`parley sweep scenarios/designs/{name}.yml` makes it again; digest of all parts `{digest}`."
    return f"## {name}\n\n**{question}**\n\n```text\n{words}\n```\n\n{made}\n"


def main() -> None:
    parts = [HEAD, *(section(name, question) for name, question in DESIGNS.items())]
    PAGE.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
