"""Why nothing was signed, and who decided failures, in the tables of page and terminal."""

import pytest

from sim.report.comparison.failure_tables import decider_table, unsigned_table
from sim.report.comparison.page_tables import chain_table, halt_note, narrow_outcome_table, outcome_table
from sim.report.words.language import language
from sim.report.words.plain import plain_text
from sim.report.words.words import IMPASSE_LABELS, IMPASSE_WORDS, percent
from sim.types import IMPASSES, EndReason
from tests.analysis.synthetic import structure
from tests.report.words.test_words import failing


def words_of(row):
    return [cell.words for cell in row]


def test_every_way_to_fail_has_words():
    assert set(IMPASSE_LABELS) == set(IMPASSE_WORDS) == set(IMPASSES)


def test_reasons_that_occur_stand_beside_those_who_decided():
    found = failing(reason=EndReason.CLAIMS)
    table = unsigned_table(found, structure())
    assert words_of(table.cells[0])[:3] == ["North\N{EN DASH}Coastal Union", "60%", "60%"]
    heads = [cell.words for cell in table._head]
    assert heads == ["Format", "Nothing signed", "Claims clash", "Failures by"]
    assert "together they expect more of waiting than any deal holds" in table.note
    assert "| Claims clash |" in table.markdown()
    assert len(decider_table(found, structure()).cells) == 2


@pytest.mark.parametrize(("code", "label"), [("en", "Condition unmet"), ("vi", "Thiếu điều kiện")])
def test_the_terminal_has_a_line_a_reason_above_who_decided(code, label):
    with language(code):
        lines = plain_text([narrow_outcome_table(failing(reason=EndReason.CONDITION), structure()).rich()]).splitlines()
        because = "Nothing signed:" if code == "en" else "Không ký được gì:"
    at = next(n for n, line in enumerate(lines) if line.startswith(because))
    assert lines[at + 1].startswith(label)
    assert "60%" in lines[at + 1]
    told = [line for line in lines if "%" in line and line.startswith(tuple(IMPASSE_LABELS.values()))]
    assert len(told) == (code == "en")


def test_where_every_talk_has_a_text_no_reason_is_listed():
    found = failing(reason=EndReason.CLAIMS, share=0.0)
    assert "Nothing signed:" not in plain_text([narrow_outcome_table(found, structure()).rich()])
    assert len(unsigned_table(found, structure()).cells[0]) == 3


def test_halt_in_force_stands_beside_the_outcomes_and_says_within_which_time():
    found = failing(reason=EndReason.CLAIMS)
    halts = percent(found.formats[0].measures["halt"].value)
    assert outcome_table(found).cells[0][-1].words == halts
    assert "within 6 months." in halt_note(found, structure())
    assert halt_note(found, structure()) in chain_table(found, structure()).note
