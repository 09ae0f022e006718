"""Golden transcripts: `python -m tests.golden.regenerate` writes them anew; read the difference before a commit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.engines.talk import play
from sim.report.transcript.talk_text import transcript_lines
from sim.scenario import Encoder, load_scenario
from sim.types import Structure, Transcript
from tests.engines.cases import shipped

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Golden:
    """One told run, with seed 1: a scenario that ships or one of this folder, a format or track and a run of it."""

    scenario: str
    format: str
    draw: int
    replication: int
    variant: str | None = None


GOLDEN = {
    "settled": Golden("minimal.yaml", "farmers", 0, 0),
    "left-later": Golden("valley.yaml", "farmers", 48, 1),
    "nothing-signed": Golden("valley.yaml", "farmers", 2, 0),
    "parts-struck": Golden("minimal.yaml", "farmers", 1, 0, "foresight=0"),
    "outvoted": Golden("valley.yaml", "vote", 2, 0),
    "open-rule": Golden("valley.yaml", "open", 0, 0),
    "single-text": Golden("valley.yaml", "draft", 4, 0),
    "shuttle": Golden("valley.yaml", "between", 9, 0),
    "baskets": Golden("valley.yaml", "groups", 0, 0),
    "contact-group": Golden("valley.yaml", "contact", 11, 0),
    "one-issue-after-another": Golden("valley.yaml", "staged", 4, 0),
    "track": Golden("valley.yaml", "widening", 20, 0),
    "track-that-adds-nothing": Golden("valley.yaml", "voted-again", 18, 0),
}


def encoder_of(golden: Golden) -> Encoder:
    """The scenario of a told run: from this folder if it has such a file, else one that ships."""
    file = FOLDER / golden.scenario
    if file.is_file():
        return Encoder(load_scenario(file, variant=golden.variant), seed=1)
    return shipped(golden.scenario, variant=golden.variant)


def played(golden: Golden) -> tuple[Transcript, Structure, int]:
    """The transcript, the names, and the position of the format or track."""
    encoder = encoder_of(golden)
    index = [one.id for one in encoder.structure.formats].index(golden.format)
    place = {"draw": golden.draw, "replication": golden.replication}
    return play(encoder, format_index=index, **place), encoder.structure, index


def told(golden: Golden) -> list[str]:
    transcript, structure, index = played(golden)
    return transcript_lines(transcript, structure, track=index)


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def main() -> None:
    for name, golden in GOLDEN.items():
        path_of(name).write_text("\n".join(told(golden)) + "\n", encoding="utf-8")
        print(path_of(name).name)


if __name__ == "__main__":
    main()
