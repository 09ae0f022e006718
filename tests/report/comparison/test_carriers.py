"""What carries a high likelihood: only what was computed, and in a sentence or two."""

from dataclasses import replace

import pytest

from sim.analysis.theory.conflict import Conflict, DrawRange, FormatConflict
from sim.report.comparison.carriers import sentences
from sim.types import Outcome
from tests.analysis.synthetic import structure
from tests.report.comparison.test_history_tables import view_of
from tests.report.conftest import compare, result_of
from tests.report.made_up import key_number, rests_of, swing

SIGNING = [[0.0, 0.02, 0.02, 0.02, 0.02, 0.02, 0.9]] * 5
HALF = [[0.1, 0.3, 0.1, 0.1, 0.1, 0.1, 0.2]] * 5


def conflict_of(*shares):
    formats = tuple(
        FormatConflict(info.id, DrawRange(share, share, share), 0, {}, False)
        for info, share in zip(structure().formats, shares, strict=False)
    )
    return Conflict(24, True, formats, (), (), ())


@pytest.fixture(scope="module")
def signing():
    return compare(formats=(0, 1), n_draws=20, likelihoods=SIGNING)


def test_nothing_is_said_of_likelihoods_that_ask_for_nothing():
    assert sentences(result_of(compare(formats=(0, 1), n_draws=20, likelihoods=HALF))) == []


def test_a_table_that_signs_nearly_always_names_little_conflict_and_the_variant(signing):
    less = compare(formats=(0, 1), n_draws=20, likelihoods=HALF)
    beside = {"variants": {"hold=once": signing, "optimism=off": less}}
    found = result_of(signing, conflict=conflict_of(0.78, 0.72), **beside)
    said = sentences(found)[0]
    assert said.startswith("The table signs in ")
    assert "with North–Coastal Union and North–River Republic." in said
    assert "The file holds little conflict: everybody can have 0.72 to 0.78 of its best hope at once." in said
    assert "Of the rule variants optimism=off takes most off: " in said
    one = sentences(replace(found, conflict=conflict_of(0.78, 0.5)))[0]
    assert "In 1 of these formats the file holds little conflict: everybody can have 0.78 of" in one
    none = sentences(replace(found, conflict=conflict_of(0.5, 0.5)))[0]
    assert "conflict" not in none


def test_without_variants_it_says_that_it_cannot_tell(signing):
    assert "What carries it cannot be told: no variants were run." in sentences(result_of(signing))[0]
    same = result_of(signing, variants={"hold=once": signing})
    assert "No rule variant that was tried is shown to lower it by more than 5 points." in sentences(same)[0]


def test_a_likelihood_above_history_names_the_number_that_takes_most_off():
    base = compare(n_draws=20, likelihoods=SIGNING)
    view = view_of(base)
    above = {look.format for look in view.measures[1].formats if look.position == "above"}
    assert above
    held = key_number("behaviour.patience", low=swing(0.8, -0.5), high=swing(0.99, 0.0))
    rests = replace(rests_of(base), numbers=(held,))
    said = " ".join(sentences(result_of(base, history=view, variance_shares=rests)))
    assert "Above history: settlements, " in said
    assert "at 0.8 takes most off: at least 21 points." in said


def test_what_never_comes_is_said_with_the_rule_that_it_hangs_on():
    never = compare(formats=(0, 1), n_draws=20, likelihoods=[[0.0, 0.5, 0.0, 0.1, 0.1, 0.1, 0.2]] * 5)
    other = compare(formats=(0, 1), n_draws=20, likelihoods=HALF)
    said = sentences(result_of(never, variants={"optimism=off": other}))
    assert never.formats[0].outcomes[Outcome.BLOCKED].value == 0.0
    assert [one.split(": ")[0] for one in said] == ["In under 0.5% of runs of every format"] * len(said)
    assert any("Blocked" in one and "That hangs on a rule: under optimism=off it is at least " in one for one in said)
    same = sentences(result_of(never, variants={"hold=once": never}))
    assert same == [
        "In under 0.5% of runs of every format: No talks and Blocked. No rule variant that was tried is "
        "shown to change that."
    ]
