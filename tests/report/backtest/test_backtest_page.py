"""The pages of a back-test say what was found, what it was found on, and what cannot be told apart."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from sim.analysis.backtest.backtest_scores import Evaluation, Paired, evaluate, evaluate_parts
from sim.analysis.backtest.cross_validation import apply_fitted, backtest
from sim.analysis.positions.forecasters import FORECASTERS
from sim.analysis.statistics.intervals import Estimate
from sim.app.backtest import BacktestResult
from sim.report.backtest.backtest_page import render, view
from sim.report.backtest.backtest_tables import (
    all_tables,
    figure,
    gap,
    headlines,
    how_words,
    verdict,
    with_interval,
)
from tests.analysis.ensembles import toy_ensemble, toy_issues

TOY = toy_ensemble(toy_issues(50), n_draws=20, runs=10)
TEST = backtest(TOY, n_folds=3)
WHOLE = evaluate(TEST)
ASKED = SimpleNamespace(file=Path("A <made-up> table"), table=SimpleNamespace(issues=TEST.issues))
RESULT = BacktestResult(
    **vars(TEST),
    overall=WHOLE,
    parts=evaluate_parts(TEST),
    linked=(),
    notes=(),
    request=ASKED,  # type: ignore[arg-type]
    fit=None,  # type: ignore[arg-type]
)
COMMAND = "parley backtest table.csv"


def markdown(result: BacktestResult) -> str:
    return render(result, COMMAND, template="backtest.md.j2")


def with_gap(low: float, high: float, reference: str = "mixture") -> Evaluation:
    """The evaluation with this interval of the simulation's difference from a reference."""
    middle = (low + high) / 2
    changed = tuple(
        Paired(one.name, one.reference, one.measure, one.n, Estimate(middle, low, high))
        if (one.name, one.reference, one.measure) == ("process", reference, "crps")
        else one
        for one in WHOLE.paired
    )
    return replace(WHOLE, paired=changed)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-2.0, -1.0, "forecasts better than the mixture"),
        (0.1, 0.3, "forecasts worse than the mixture"),
        (-0.2, 0.3, "The mixture is not beaten."),
        (np.nan, np.nan, "too few proposals"),
    ],
)
def test_a_difference_is_told_as_it_is(low, high, words):
    assert words in verdict(with_gap(low, high), "mixture")


def test_any_forecaster_may_be_the_reference():
    whole = evaluate(TEST, references=("gaussian", "process"))
    page = markdown(replace(RESULT, overall=whole, parts=evaluate_parts(TEST, references=("gaussian",))))
    assert f"| from the {FORECASTERS['gaussian'].name} | from the {FORECASTERS['process'].name} |" in page
    assert "mixture is not beaten" not in page


def test_only_the_mixture_is_said_to_be_unbeaten():
    assert "not beaten" not in verdict(with_gap(-1, 1, "positions"), "positions")


def test_what_is_in_sample_is_said():
    assert "no forecast saw an outcome of its own proposal" in how_words(TEST)
    assert "scores too well" in how_words(apply_fitted(TOY, TEST.whole, how="in_sample", seen_before=50))
    stored = apply_fitted(TOY, TEST.whole, how="stored", seen_before=7, left_out=("x9",))
    assert "7 of the issues belong to proposals" in how_words(stored)
    assert "no run decided them: x9" in how_words(stored)
    assert "None of the proposals" in how_words(replace(stored, seen_before=0))


def test_numbers():
    assert figure(-0.004) == "−0.00"
    assert figure(float("nan")) == "—"
    assert with_interval(Estimate(-1.0, -2.25, 0.5)) == "−1.00 (−2.25 to 0.50)"
    assert with_interval(Estimate(3.0, float("nan"), float("nan"))) == "3.00"


def test_the_page_holds_every_forecaster_and_escapes_what_users_write():
    page = render(RESULT, COMMAND)
    assert "A &lt;made-up&gt; table" in page
    assert "<made-up>" not in page
    for method in FORECASTERS.values():
        assert method.name in page
    for part in ('id="scores"', 'id="paired"', 'id="layer"', 'id="parts"', 'id="constants"', "figure-reliability"):
        assert part in page
    assert page.count("<svg") == 3
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert render(RESULT, COMMAND) == page


def test_the_markdown_has_the_same_numbers_as_the_analysis():
    page = markdown(RESULT)
    row = next(line for line in page.splitlines() if line.startswith(f"| {FORECASTERS['process'].name} |"))
    assert with_interval(WHOLE.of("process").crps) in row
    widths = {line.count(" | ") for line in page.split("## Scores")[1].split("##")[0].splitlines() if line[:2] == "| "}
    assert len(widths) == 1
    assert "at its bound" not in page or any(one.at_bound for one in TEST.constants)


def test_the_terminal_shows_sentences_and_tables_in_few_lines():
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    for part in view(RESULT):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "Out of fold" in text
    assert "not distinguishable" in text or "better" in text
    assert "lean" in text
    lines = text.splitlines()
    for method in FORECASTERS.values():
        rows = [k for k, line in enumerate(lines) if line.startswith(f"{method.short}  ")]
        assert len(rows) >= 2, method
        # In the tables of scores and of differences the next line is another forecaster's, or the end.
        assert all(lines[k + 1][:1] != " " for k in rows[:2]), method


def test_a_difference_is_marked_only_where_its_interval_leaves_0_out():
    for low, high, words in ((-2.0, -1.0, " better"), (1.0, 2.0, " worse"), (-1.0, 2.0, ")"), (np.nan, np.nan, "")):
        told = gap(with_gap(low, high).pair("process", "mixture"), brief=True)
        assert told.endswith(words)
        assert ("better" in told, "worse" in told) == (words == " better", words == " worse")
    assert gap(Paired("a", "b", "log", 9, Estimate(0.2, 0.1, 0.3)), brief=True).endswith("better")


def test_without_intervals_none_is_spoken_of():
    few = evaluate(TEST, np.flatnonzero(np.isin(TEST.proposals, list(dict.fromkeys(TEST.proposals))[:3])))
    said = " ".join(headlines(TEST, few))
    assert "too few proposals for an interval" in said
    assert "no interval from none" not in said
    assert "The interval leaves" not in said


def test_intervals_stay_on_one_line_of_the_page():
    cell = with_interval(WHOLE.of("process").crps).replace(" ", "\N{NO-BREAK SPACE}")
    page = render(RESULT, COMMAND)
    assert cell in page
    assert "), not\N{NO-BREAK SPACE}distinguishable" in page or "), better" in page
    for one in TEST.constants:
        assert one.constant.meaning in page  # text is left as it is


def test_in_brief_the_same_tables_have_fewer_columns_and_no_notes():
    full, brief = all_tables(RESULT), all_tables(RESULT, brief=True)
    assert list(full) == list(brief) == ["scores", "paired", "layer", "parts", "constants"]
    for key, table in full.items():
        assert table.note
        assert not brief[key].note
        assert len(brief[key].rows) == len(table.rows)
        assert len(brief[key].head) <= len(table.head)
        assert {len(row) for row in table.rows} == {len(table.head)}, key
        assert {len(row) for row in brief[key].rows} == {len(brief[key].head)}, key
    assert "parts" not in all_tables(replace(RESULT, parts=()))
