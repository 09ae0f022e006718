"""Tables of a back-test beside its scores: what linking issues is worth, and the fit on made-up outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.backtest.linking import Linked
from sim.analysis.positions.forecasters import FORECASTERS
from sim.report.backtest.backtest_words import Grid, figure, with_interval

_SCORE = {"crps": "CRPS", "mae": "MAE", "log": "Log score"}
_VERDICT = {1: "together is better", -1: "one by one is better", 0: "not distinguishable"}


def linking_grid(linked: Sequence[Linked], *, short: bool = False) -> Grid:
    """Issues of a proposal together against one by one."""
    rows = tuple(
        (
            FORECASTERS[one.name].short if short else FORECASTERS[one.name].name,
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
