"""Golden transcripts: `python -m tests.golden.regenerate` writes them anew; read the difference before a commit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.engines.talk import play
from sim.report.text import transcript_lines
from tests.engines.cases import shipped

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Golden:
    """One told run: a scenario that ships, a format and a run of it, all with seed 1."""

    scenario: str
    format: str
    draw: int
    replication: int
    variant: str | None = None


GOLDEN = {
    "settled": Golden("minimal.yaml", "farmers", 0, 0),
    "left-later": Golden("minimal.yaml", "all-three", 2, 0),
    "parts-struck": Golden("minimal.yaml", "farmers", 2, 0, "foresight=0"),
}


def told(golden: Golden) -> list[str]:
    encoder = shipped(golden.scenario, variant=golden.variant)
    formats = [one.id for one in encoder.structure.formats]
    place = {"draw": golden.draw, "replication": golden.replication}
    return transcript_lines(play(encoder, format_index=formats.index(golden.format), **place), encoder.structure)


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def main() -> None:
    for name, golden in GOLDEN.items():
        path_of(name).write_text("\n".join(told(golden)) + "\n", encoding="utf-8")
        print(path_of(name).name)


if __name__ == "__main__":
    main()
