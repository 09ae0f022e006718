"""Tables of a back-test beside its scores: what linking issues is worth, and the fit on made-up outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.calibration_suite import Calibration
from sim.analysis.fitted import MEANING
from sim.analysis.linking import Linked
from sim.report.backtest_words import Grid, figure, with_interval

_SCORE = {"crps": "CRPS", "mae": "MAE", "log": "Log score"}
_VERDICT = {1: "together is better", -1: "one by one is better", 0: "not distinguishable"}


def linking_grid(linked: Sequence[Linked]) -> Grid:
    """Issues of a proposal together against one by one."""
    rows = tuple(
        (
            MEANING[one.name],
            _SCORE[one.measure],
            figure(one.together),
            figure(one.apart),
            with_interval(one.difference),
            _VERDICT[one.better],
        )
        for one in linked
    )
    return Grid(
        "linking",
        "What linking the issues of a proposal is worth",
        ("Forecast", "Score", "Together", "One by one", "Difference", ""),
        rows,
        f"Over the {linked[0].n} issues of proposals with two or more. Both are simulated with the same draws, and "
        "each is fitted for itself. Below 0 speaks for linking by CRPS and MAE, above 0 by the log score.",
    )


def calibration_grids(checked: Calibration) -> list[Grid]:
    """Constants found again, and ranks."""
    first = checked.recoveries[0][1]
    found = Grid(
        "recovered",
        "Known constants found again",
        ("Constant", "By log score", "By CRPS"),
        tuple(
            (name, f"{one.by_log} of {one.n_sets}", f"{one.by_crps} of {one.n_sets}")
            for name, one in checked.recoveries
        ),
        f"Sets of {first.n_outcomes:,} outcomes made up by the process itself (issues repeated, outcomes independent), "
        "with the tilt of one constant a quarter of a prior standard deviation above 0: in how many the true one "
        "scores better than one a quarter below.",
    )
    ranks = checked.ranks
    rows = tuple(
        (name, *(str(n) for n in row), figure(float(p), 3))
        for name, row, p in zip(ranks.constants, ranks.histogram.tolist(), ranks.p_values, strict=True)
    )
    bins = len(rows[0]) - 2
    told = "" if ranks.can_be_read else " The posteriors rest on too few draws for these to be read."
    return [
        found,
        Grid(
            "ranks",
            "Ranks of known constants in their posteriors",
            ("Constant", *(f"{k + 1}" for k in range(bins)), "p"),
            rows,
            f"Simulation-based calibration: {len(ranks.ranks)} sets of {ranks.n_outcomes} outcomes, tilts from their "
            "prior; counts by tenth of the rank, flat where posteriors are what they say; p of the chi-square test."
            + told,
        ),
    ]
