"""The wiring of what the answer rests on: how many runs, on the progress bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.analysis.sensitivity.kept_outcomes import KeptOutcomes
    from sim.analysis.sensitivity.variance_shares import Inquiry, RestsOn
    from sim.cli.progress import Bar
    from sim.cli.request import Plan

HELD_SHARE = 8
"""The draws of the baseline are divided by this where a number is held."""


def endings_to_keep(made: Plan) -> KeptOutcomes:
    """Where the outcomes of the baseline's runs are kept."""
    from sim.analysis.sensitivity.kept_outcomes import KeptOutcomes

    return KeptOutcomes(made.request.draws, len(made.formats), made.request.replications)


def inquiry(made: Plan) -> Inquiry | None:
    """What is asked, or None where nobody wants to know."""
    if not made.request.shares:
        return None
    from sim.analysis.sensitivity.variance_shares import Inquiry, Sizes

    sizes = Sizes(walks=made.request.few, held=max(2, made.request.draws // HELD_SHARE))
    return Inquiry(made.encoder, made.formats, sizes, made.request.threads)


def answer(asked: Inquiry | None, baseline: Comparison, endings: KeptOutcomes, bar: Bar) -> RestsOn | None:
    """Play the walks and the held numbers.

    Args:
        asked: as `inquiry` gave it.
        baseline: the comparison.
        endings: how its runs ended.
        bar: progress.
    """
    if asked is None:
        return None
    from sim.analysis.sensitivity.variance_shares import rests_on

    bar.say("what the answer rests on")
    return rests_on(asked, baseline, endings.outcome, progress=bar)
