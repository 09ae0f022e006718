"""How much of a comparison is there: why it ended where it did, what was left out, and how to get it."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.comparison.result_document import BUDGET, PRECISION, QUICK, STOPPED, ComparisonResult
from sim.report.words.language import count, digits, say
from sim.report.words.words import listed
from sim.types.message import message

PARTS = {
    "variants": message("the rule variants"),
    "constants": message("other behavioural constants"),
    "readings": message("the readings of the sources"),
    "benchmarks": message("what was possible"),
    "theory": message("the equilibrium"),
    "shares": message("what the answer rests on"),
}
"""Parts of a comparison that may be left out, in the order in which they are computed."""


def scope_sentences(result: ComparisonResult) -> Iterator[str]:
    """Why there are no more runs, and which parts are not there; nothing where everything asked for is."""
    draws = count(result.n_draws)
    if result.ended == PRECISION and len(result.formats) < 2:
        yield say(
            "Played until the interval of settlement was no wider than {points} points to either side: {draws} draws.",
            points=digits(f"{100.0 * result.half_width:.1f}"),
            draws=draws,
        )
    elif result.ended == PRECISION:
        yield say(
            "Played until the intervals of settlement, and of the leading format's difference from the runner-up, were "
            "no wider than {points} points to either side: {draws} draws.",
            points=digits(f"{100.0 * result.half_width:.1f}"),
            draws=draws,
        )
    elif result.ended == BUDGET:
        yield say(
            "Time was up: {draws} draws were played, and --draws {n} plays the same.", draws=draws, n=result.n_draws
        )
    elif result.ended == STOPPED:
        yield say(
            "Stopped before it was done: {draws} draws were played, and --draws {n} plays the same.",
            draws=draws,
            n=result.n_draws,
        )
    unreached = [say(PARTS[part]) for part in PARTS if result.left_out.get(part) in (BUDGET, STOPPED)]
    if unreached:
        yield say("Not there, or not whole: {parts}.", parts=listed(unreached))
    quick = [say(PARTS[part]) for part in PARTS if result.left_out.get(part) == QUICK]
    if quick:
        yield say("Left out of a quick comparison: {parts}. With --deep they are there.", parts=listed(quick))
