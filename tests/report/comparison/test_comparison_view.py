import dataclasses
import io

import pytest
from rich.console import Console

from sim.report.canvas.palette import OUTCOME_WORDS
from sim.report.comparison.comparison_view import comparison_view
from sim.report.words.words import interval, percent
from tests.analysis.synthetic import structure
from tests.report.conftest import compare


def printed(width, baseline, **options):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(comparison_view(baseline, structure(), width=width, **options))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 120])
def test_fits_and_says_everything(width, baseline, variants, judged):
    text = printed(width, baseline, variants=variants, judged=judged)
    assert max(map(len, text.splitlines())) <= width
    assert text.count("How talks end") == 1
    for words in (*OUTCOME_WORDS.values(), "Failures by", "foresight=0", "hold=once", "Verdict"):
        assert words in text
    flat = " ".join(text.split())
    assert "only given the scenario file" in flat
    assert "simulation error only" in flat
    for result in baseline.formats:
        found = result.outcomes[6]
        assert f"{percent(found.value)} {interval(found)}" in text


def test_each_row_of_the_table_is_one_line_at_80(baseline):
    lines = printed(80, baseline).splitlines()
    rows = [line.split()[0] for line in lines if line.startswith(("Settlement", "Partial", "Blocked", "Collapsed"))]
    assert rows[:4] == ["Settlement", "Partial", "Collapsed", "Blocked"]
    for words in ("Settlement", "Blocked"):
        line = next(line for line in lines if line.startswith(words))
        assert line.count("–") == 5


def test_narrow_terminals_get_several_tables(baseline):
    text = printed(50, baseline)
    assert text.count("How talks end") == 3
    assert max(map(len, text.splitlines())) <= 50


def test_without_variants_or_texts():
    never = compare(n_draws=6, likelihoods=[[0.5, 0.5, 0, 0, 0, 0, 0]] * 5)
    text = printed(80, never)
    assert "Verdict" not in text
    assert "—" in text


def test_markup_in_names_is_not_obeyed(baseline):
    formats = tuple(dataclasses.replace(result, name="[red]R[/red]") for result in baseline.formats)
    named = dataclasses.replace(baseline, title="[red]Talks[/red]", formats=formats)
    text = printed(100, named)
    assert "[red]Talks[/red]" in text
    assert text.count("[red]R[/red]") == 10
