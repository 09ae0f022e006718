"""The wiring of theory beside `compare`: rational benchmarks always, the stationary equilibrium if asked for."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sim.cli.console import silent_solver
from sim.cli.found import Beside

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.analysis.theory.rational import TabledTexts
    from sim.cli.progress import Bar
    from sim.cli.request import Plan

SOLVED, LEAST_DRAWS = 120, 8
"""Tables solved for rational benchmarks, over draws and formats together, and the fewest draws they take."""
BENCHMARK_WORTH, TABLE_WORTH = 20, 400
"""Runs that take about as long as one draw's benchmarks, and as one table's equilibrium: for the progress bar."""


class Theory(StrEnum):
    """Theories that `compare` can set beside the talks."""

    equilibrium = "equilibrium"


def texts_to_keep(made: Plan) -> TabledTexts:
    """Where the texts of the first draws are kept while the talks are played."""
    from sim.analysis.theory.rational import TabledTexts

    return TabledTexts(_benchmark_draws(made), len(made.formats), made.request.replications)


def beside_work(made: Plan) -> int:
    """What is still to be done after the talks, in runs that take about as long."""
    tables = made.request.theory_draws * TABLE_WORTH + _benchmark_draws(made) * BENCHMARK_WORTH
    return tables * len(made.formats)


def beside(made: Plan, baseline: Comparison, texts: TabledTexts, bar: Bar) -> Beside:
    """Solve the samples of draws.

    Args:
        made: the comparison's plan.
        baseline: its result.
        texts: what the tables agreed on in the first draws.
        bar: progress.
    """
    request = made.request
    most = max(texts.n_draws, request.theory_draws)
    if most == 0:
        return Beside()
    from sim.analysis.theory.rational import rational_benchmarks
    from sim.analysis.theory.theory_compare import theory_comparison

    benchmarks = theory = None
    tables = made.encoder.tables(0, most)
    with silent_solver():
        if texts.n_draws:
            bar.say("rational benchmarks")
            benchmarks = rational_benchmarks(
                tables, made.encoder.structure, made.formats, texts, after_each=lambda: bar.add(BENCHMARK_WORTH)
            )
        if request.theory_draws:
            bar.say("the stationary equilibrium")
            theory = theory_comparison(
                tables, made.formats, baseline, n_draws=request.theory_draws, after_each=lambda: bar.add(TABLE_WORTH)
            )
    return Beside(benchmarks, theory)


def _benchmark_draws(made: Plan) -> int:
    from sim.analysis.theory.rational import SAMPLE

    share = max(LEAST_DRAWS, min(SAMPLE, SOLVED // len(made.formats)))
    return min(share, made.request.draws) if made.request.benchmarks else 0
