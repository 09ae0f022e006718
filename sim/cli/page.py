"""The wiring of the report: figures, the page, and one typical talk per format told in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sim.cli.found import Found
    from sim.cli.request import Plan
    from sim.scenario import Encoder
    from sim.types import Runs

_NOT_SEEN = -1


class Examples:
    """Remembers, for every format and outcome, the first run that ended so.

    Args:
        n_formats: formats of the comparison.
        replications: runs of a format per draw.
    """

    def __init__(self, n_formats: int, replications: int) -> None:
        from sim.types import Outcome

        self._first = np.full((n_formats, len(Outcome)), _NOT_SEEN, dtype=np.int64)
        self._count = np.zeros((n_formats, len(Outcome)), dtype=np.int64)
        self._replications = replications

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take the next block.

        Args:
            first_draw: number of the block's first draw.
            runs: whole draws, rows ordered draw, format, replication.
        """
        n_formats, n_outcomes = self._first.shape
        ends = runs.outcome.reshape(-1, n_formats, self._replications).swapaxes(0, 1).reshape(n_formats, -1)
        for slot, outcome in np.ndindex(n_formats, n_outcomes):
            found = np.flatnonzero(ends[slot] == outcome)
            self._count[slot, outcome] += len(found)
            if len(found) and self._first[slot, outcome] == _NOT_SEEN:
                self._first[slot, outcome] = first_draw * self._replications + found[0]

    def typical(self) -> list[int]:
        """Per format, the number of the first run that ended as most of its runs did."""
        return [int(self._first[slot, row.argmax()]) for slot, row in enumerate(self._count)]


def tell(encoder: Encoder, format_index: int, run: int, *, replications: int) -> list[str]:
    """One run of a comparison in plain words, in English.

    Args:
        encoder: the scenario with its seed.
        format_index: position of the format in the scenario.
        run: draw x replications + replication.
        replications: of the comparison.
    """
    from sim.engines.talk import play
    from sim.report.transcript.talk_text import transcript_lines
    from sim.report.words.language import ENGLISH, language

    draw, replication = divmod(run, replications)
    transcript = play(encoder, format_index=format_index, draw=draw, replication=replication)
    with language(ENGLISH):
        return transcript_lines(transcript, encoder.structure, track=format_index)


def prepare_page() -> None:
    """Import what the page will need, while the talks are still being played.

    In a thread of its own, also because Mesa looks at the whole call stack when it is imported.
    """


def write_page(made: Plan, folder: Path, found: Found, *, typical: Sequence[int], argv: Sequence[str]) -> None:
    """Draw the figures and write `report.html`, in the language chosen.

    Args:
        made: the comparison's plan.
        folder: where to.
        found: the comparison, and what stands beside it.
        typical: per format, the run that is told in words.
        argv: the command line.
    """
    from sim.report.comparison.figures import draw_all, save_all
    from sim.report.comparison.html import render
    from sim.report.comparison.numeric import numeric_figures
    from sim.report.comparison.page_input import ReportInput, Source
    from sim.report.comparison.variance_shares_figures import rests_on_figures
    from sim.report.words.language import ENGLISH, say
    from sim.scenario import in_language, parse_variant

    spoken = in_language(made.resolved, made.request.language)
    resolved, structure = made.resolved, made.encoder.structure
    baseline, variants = found.baseline, found.robustness.variants
    references, replications = resolved.references or {}, made.request.replications
    english = made.encoder if made.request.language == ENGLISH else replace(made.encoder, language=ENGLISH)
    chosen = zip(made.key.formats, made.formats, typical, strict=True)
    given = ReportInput(
        comparison=baseline,
        structure=structure,
        numbers=made.encoder.numbers(),
        references={key: Source(one.title, one.note or "") for key, one in references.items()},
        transcripts={name: tell(english, index, run, replications=replications) for name, index, run in chosen},
        making=_making(made, argv),
        variants=variants,
        variant_sentences={name: say(parse_variant(name).said) for name in variants},
        judged=found.robustness.judged,
        benchmarks=found.beside.benchmarks,
        theory=found.beside.theory,
        rests=found.rests,
        rivals=found.rivals,
        numeric=found.numeric,
        summary=spoken.summary,
        as_of=resolved.as_of,
        notes=spoken.notes,
    )
    drawings = draw_all(baseline, structure, variants) | rests_on_figures(found.rests, baseline, structure)
    drawings |= numeric_figures(baseline, structure, found.numeric)
    save_all(drawings.values(), folder / "figures")
    (folder / "report.html").write_text(render(given, drawings), encoding="utf-8")


def _making(made: Plan, argv: Sequence[str]) -> Any:
    """How to make the comparison again, without naming places of this machine."""
    from sim.cli.console import command_line
    from sim.cli.store import versions
    from sim.report.comparison.page_input import Making

    settings = {key: value for key, value in made.request.changes.as_settings().items() if value}
    return Making(
        command=command_line(argv),
        seed=made.request.seed,
        digest=made.resolved.digest,
        versions=versions(),
        settings={key: ", ".join(value) if isinstance(value, list) else value for key, value in settings.items()},
    )
