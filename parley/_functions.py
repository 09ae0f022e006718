"""The functions of the public face: each makes a request, lets the application compute, and wraps the result."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from parley._results import BackTest, Check, Comparison, Forecast, History, Retrodiction, Solution, Talk
from sim.app.scenarios import Scenario

if TYPE_CHECKING:
    from sim.engines.strategy import Strategy

Source: TypeAlias = Scenario | str | Path | Mapping[str, Any]
"""A scenario, the path of its file, or its content as a mapping."""


def load(source: str | Path | Mapping[str, Any]) -> Scenario:
    """Read and check a scenario.

    Args:
        source: the path of a scenario file (YAML), or its content as a mapping.

    Returns:
        The scenario, to be changed by `.set({...})`, `.override("name")` and `.under("foresight=0")`, each of which
        gives a new one. It is kept: a number that is set is checked alone, and comparing what `set` made plays only
        the draws that differ from those compared before. A file that was edited is read again.

    Raises:
        ScenarioError: the scenario is wrong; the message lists every problem with its place.

    Example:
        >>> import parley
        >>> scenario = parley.load("scenarios/minimal.yaml")
        >>> scenario.resolved.title
        'Two farmers and a well'
        >>> longer = scenario.set({"horizon_months": 36})
        >>> longer.resolved.horizon_months
        36
    """
    scenario = _scenario(source)
    scenario.resolved  # noqa: B018 - wrong files are told of here, not at their first use
    return scenario


def compare(
    scenario: Source,
    formats: Sequence[str] = (),
    *,
    draws: int | None = None,
    replications: int = 2,
    precision: float | None = None,
    budget: float | None = None,
    seed: int = 1,
    variants: bool = True,
    deep: bool = False,
    rivals: bool = False,
    benchmarks: bool = True,
    theory_draws: int = 0,
    outside_view: bool = False,
    threads: int | None = None,
    language: str = "en",
    progress: bool = False,
) -> Comparison:
    """Play every talk format many times and compare: outcomes with intervals, who decided, how sure one can be.

    The numbers are those of `parley compare` with the same options. `variants=False, benchmarks=False` leaves the
    likelihoods and takes half the time.

    Args:
        scenario: a scenario, the path of its file, or its content.
        formats: ids of formats and tracks; empty for all that are not only legs of tracks.
        draws: draws of the uncertain numbers, at least 2; at most so many with a precision or a budget.
        replications: runs of chance for each draw and format, at least 2.
        precision: go on until the 95% intervals of settlement, and of the leading format's difference from the
            runner-up, are no wider than this to either side; 0.02 where neither draws nor a budget are given.
        budget: go on until so many seconds are up; the same `draws` as it took play the same runs.
        seed: same seed, same numbers.
        variants: play the rule variants too, and give a verdict on the ranking of formats.
        deep: also play other behavioural constants, and say what the answer rests on.
        rivals: play every reading of the sources where they contradict each other.
        benchmarks: say what was possible: zone of possible agreement, Nash and other solutions.
        theory_draws: draws for which the stationary equilibrium is solved; some seconds each.
        outside_view: pool likelihoods with the past cases that the file names for them (`reference_class`).
        threads: default all processors; results do not depend on it.
        language: of the names, where the file has labels, and of the report.
        progress: show a bar on a terminal after two seconds.

    Raises:
        ScenarioError: the scenario or a change to it is wrong.
        InputError: a format or the language does not exist.
        ValueError: fewer than two draws or replications; a precision or a budget that is not above 0, or not finite.
        TypeError: a number that is to be whole and is not.

    Example:
        >>> import parley
        >>> result = parley.compare("scenarios/minimal.yaml", ["farmers"], draws=20, variants=False)
        >>> [row["measure"] for row in result.rows()][:3]
        ['no_talks', 'no_agreement', 'blocked']
        >>> round(sum(row["value"] for row in result.rows() if row["kind"] == "outcome"), 6)
        1.0
    """
    from sim.app.compare import compare as play_and_compare
    from sim.app.compare_request import CompareRequest, how_much
    from sim.report.words.language import check_language
    from sim.report.words.progress import Bar
    from sim.types.playing import whole

    much = how_much(draws, replications, precision=precision, budget=budget, seed=seed, threads=threads)
    size = much["size"]
    if min(size.draws, size.replications) < 2 or size.replications > 65_535:
        raise ValueError(
            "a comparison needs two draws and two replications or more, and at most 65,535 replications, not "
            f"{size.draws} and {size.replications}"
        )
    for name, wanted in (("precision: a half-width such as 0.02", precision), ("budget: seconds such as 10", budget)):
        if wanted is not None and not (isinstance(wanted, Real) and 0.0 < wanted < math.inf):
            raise ValueError(f"{name}, finite and above 0, not {wanted!r}")
    request = CompareRequest(
        scenario=_scenario(scenario),
        formats=(formats,) if isinstance(formats, str) else tuple(formats),
        **much,
        variants=variants,
        deep=deep,
        rivals=rivals,
        benchmarks=benchmarks,
        theory_draws=max(0, min(whole("theory_draws", theory_draws), size.draws)),
        outside_view=outside_view,
        language=language,
    )
    runs = io.BytesIO()
    check_language(language, request.languages)
    with Bar(quiet=not progress) as bar, request.sink(runs) as sink:
        result = play_and_compare(request, sink, progress=bar)
    return Comparison(result, runs.getvalue())


def trace(
    scenario: Source,
    format: str | None = None,
    *,
    draw: int = 0,
    replication: int = 0,
    seed: int = 1,
    strategies: Mapping[str, Strategy] | None = None,
) -> Talk:
    """Play one talk and keep everything that was said; the same seed, draw and replication give a run of `compare`.

    Args:
        scenario: a scenario, the path of its file, or its content.
        format: id of a format or track; may be left out where there is one.
        draw: number of the draw, from 0.
        replication: number of the replication, from 0.
        seed: of the comparison.
        strategies: by party id, strategies of your own in place of those of the file (`sim.engines.strategy`).

    Raises:
        ScenarioError: the scenario or a change to it is wrong.
        InputError: the format does not exist.

    Example:
        >>> import parley
        >>> talk = parley.trace("scenarios/minimal.yaml", "farmers", draw=3)
        >>> talk.outcome in ("settlement", "collapsed", "partial", "process", "blocked", "no_agreement", "no_talks")
        True
    """
    from sim.app.trace import trace as play

    run = {"draw": draw, "replication": replication, "seed": seed}
    return Talk(play(_scenario(scenario), format, **run, strategies=strategies))


def solve(scenario: Source, format: str | None = None, *, draw: int | None = None, seed: int = 1) -> Solution:
    """What theory says of one format: zone of possible agreement, Nash and other solutions, stationary equilibrium.

    Args:
        scenario: a scenario, the path of its file, or its content.
        format: id of a format or track; may be left out where there is one.
        draw: take the uncertain numbers of this draw of a comparison; None for their means.
        seed: of the comparison.

    Raises:
        ScenarioError: the scenario or a change to it is wrong.
        InputError: the format does not exist.

    Example:
        >>> import parley
        >>> solution = parley.solve("scenarios/minimal.yaml", "farmers")
        >>> solution.rows()[0]["solution"], solution.rows()[0]["share"]
        ('nash', 'even')
    """
    from sim.app.solve import solve as solve_format

    return Solution(solve_format(_scenario(scenario), format, draw=draw, seed=seed))


def forecast(
    source: Source,
    format: str | None = None,
    *,
    draws: int = 300,
    replications: int = 8,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = False,
) -> Forecast:
    """Forecast numeric issues: distribution over simulated talks, package trades, simple forecasts beside them.

    Args:
        source: a scenario with numeric issues, or the path of a table of positions, saliences and capabilities (CSV).
        format: id of the format to simulate; the first if left out.
        draws: draws of the uncertain numbers, at least 2.
        replications: runs of chance for each draw, at least 2.
        seed: same seed, same numbers.
        threads: default all processors; results do not depend on it.
        progress: show a bar on a terminal after two seconds.

    Raises:
        ScenarioError: the file or a line of the table is wrong.
        InputError: there is no such format, no numeric issue, or nothing is decided.

    Example:
        >>> import parley
        >>> result = parley.forecast("scenarios/examples/delay-eu.csv", draws=20)
        >>> list(result.rows()[0])[:3]
        ['issue', 'unit', 'position']
    """
    from sim.app.convert import TableFile
    from sim.app.forecast import ForecastRequest
    from sim.app.forecast import forecast as simulate
    from sim.report.words.progress import Bar
    from sim.types.playing import Size

    asked: Scenario | TableFile
    if isinstance(source, str | Path) and Path(source).suffix.lower() == ".csv":
        asked = TableFile(Path(source))
    else:
        asked = _scenario(source)
    request = ForecastRequest(asked, format, Size(draws, replications, seed, threads))
    with Bar(request.work, quiet=not progress) as bar:
        return Forecast(simulate(request, progress=bar))


def backtest(
    table: str | Path,
    *,
    folds: int = 10,
    draws: int = 1000,
    replications: int = 2,
    seed: int = 1,
    linking: bool = True,
    threads: int | None = None,
    progress: bool = False,
) -> BackTest:
    """Forecast decisions with known outcomes out of fold, and score the forecasts beside simple ones.

    Args:
        table: positions, saliences and capabilities with the outcome of every issue (CSV, long form).
        folds: in which what is fitted is fitted; at most as many as there are proposals.
        draws: draws of the constants of the process, at least 50.
        replications: runs of chance for each draw.
        seed: same seed, same numbers.
        linking: negotiate every issue by itself too, to say what packages are worth.
        threads: default all processors; results do not depend on it.
        progress: show a bar on a terminal after two seconds.

    Raises:
        ScenarioError: a line of the table is wrong.
        InputError: outcomes are missing, or there are fewer proposals than folds.

    Example:
        >>> import parley
        >>> result = parley.backtest("scenarios/examples/canals-decided.csv", folds=3, draws=50, linking=False)
        >>> {row["forecaster"] for row in result.rows()} >= {"process", "compromise"}
        True
    """
    from sim.app.backtest import BacktestRequest
    from sim.app.backtest import backtest as simulate
    from sim.report.words.progress import Bar
    from sim.types.playing import Size

    size = Size(draws, replications, seed, threads)
    request = BacktestRequest(Path(table), size, folds, linking=linking)
    with Bar(request.work, quiet=not progress) as bar:
        return BackTest(simulate(request, progress=bar))


def retrodict(
    file: str | Path,
    cases: Sequence[str] = (),
    *,
    draws: int = 625,
    replications: int = 8,
    design_draws: int = 16,
    seed: int = 1,
    threads: int | None = None,
    progress: bool = False,
) -> Retrodiction:
    """Simulate documented meetings beside what came of them, twins without their cause, orderings; nothing is fitted.

    Args:
        file: the retrodiction file (YAML).
        cases: ids of the cases wanted; empty for all.
        draws: draws of the uncertain numbers a case, at least 2.
        replications: runs of chance for each draw, at least 2.
        design_draws: draws for each set of constants, where orderings are looked at.
        seed: same seed, same numbers.
        threads: default all processors; results do not depend on it.
        progress: show a bar on a terminal after two seconds.

    Raises:
        ScenarioError: a case is wrong.
        InputError: the file names what is not there.

    Example:
        >>> import parley
        >>> result = parley.retrodict("scenarios/cases/retrodiction.yml", ["malta-1989"], draws=4, design_draws=2)
        >>> {row["case"] for row in result.rows()}
        {'malta-1989'}
    """
    from sim.app.retrodict import RetrodictRequest
    from sim.app.retrodict import retrodict as simulate
    from sim.report.words.progress import Bar
    from sim.types.playing import Size

    size = Size(draws, replications, seed, threads)
    with Bar(quiet=not progress) as bar:
        return Retrodiction(simulate(RetrodictRequest(Path(file), tuple(cases), size, design_draws), progress=bar))


def check(scenario: Source) -> Check:
    """Read a scenario; say what in it is worth a second look, and how much conflict it holds before any run.

    Raises:
        ScenarioError: the scenario is wrong; the message lists every problem with its place.

    Example:
        >>> import parley
        >>> [words.partition(" (")[0] for words in parley.check("scenarios/minimal.yaml")]
        ['numbers of the file rest on an assumption, not on a source']
        >>> {one.id: round(one.share.mean, 2) for one in parley.check("scenarios/minimal.yaml").conflict.formats}
        {'farmers': 0.85, 'all-three': 0.49}
    """
    from sim.app.check import check as look

    return Check(look(_scenario(scenario)))


def history(*words: str) -> History:
    """How often something came about in cases of the past: the classes that a scenario may name in `reference_class`.

    Args:
        words: only classes whose id, cases, event or source hold all of them; all classes without.

    Raises:
        InputError: no class holds them.

    Example:
        >>> import parley
        >>> past = parley.history("interstate", "3plus", "ceasefire")
        >>> [(row["id"], row["k"], row["n"]) for row in past.rows()]
        [('interstate-year-3plus-halt', 6, 42)]
    """
    from sim.app.history import history as classes_with

    return History(classes_with(words))


def _scenario(source: Source) -> Scenario:
    if isinstance(source, Scenario):
        return source
    return Scenario(None, dict(source)) if isinstance(source, Mapping) else Scenario(Path(source))
