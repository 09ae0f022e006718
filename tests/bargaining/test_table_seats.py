"""Seats, patience and consent of a table."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.bargaining.consent_rules import unanimity
from sim.bargaining.table_equilibrium import table_equilibrium
from sim.bargaining.table_seats import even_by_bloc, seats_of
from sim.types.tables import TRACK
from tests.analysis.made_up_tables import table_of


def test_a_turn_is_a_share_of_a_month():
    """Two rounds a month and three seats: six turns, so a turn is discounted by the sixth root."""
    seats = seats_of(table_of(np.zeros((2, 3)), patience=[0.5, 0.8, 1.0], rounds_a_month=2), 0, 0)
    assert seats.discount[:2] ** 6 == pytest.approx([0.5, 0.8])
    assert 0.999 < seats.discount[2] < 1.0
    assert seats.order == "alternating"
    assert seats.rule == unanimity(3)


def test_blocs_open_equally_often():
    assert even_by_bloc(np.array([0, 1, 1, 3])) == pytest.approx([1 / 3, 1 / 6, 1 / 6, 1 / 3])


def test_recognition_is_read_under_proposal_and_vote_alone():
    shares = np.array([[[1.0, 2.0, 5.0]]])
    voted, mediated = (
        seats_of(table_of(np.zeros((2, 3)), protocol=[protocol], recognition=shares), 0, 0) for protocol in (1, 2)
    )
    assert voted.recognition == pytest.approx([1 / 8, 2 / 8, 5 / 8])
    assert voted.order == "random"
    assert voted.notes == ()
    assert mediated.recognition == pytest.approx([1 / 3] * 3)
    assert mediated.order == "random"
    assert "single text" in str(mediated.notes[0])


def test_a_track_is_read_as_its_last_leg():
    """Formats: in turn among two, by chance among the same two; the track ends with the second, then with the first."""
    values = np.zeros((2, 2))
    one = vars(table_of(values))
    grown = {name: np.repeat(one[name], 4, axis=0) for name in ("seated", "turn", "n_rounds", "rounds_per_month")}
    grown |= {name: np.repeat(one[name], 4, axis=0) for name in ("unanimous", "quota", "strict", "vetoes", "abstains")}
    legs = np.array([[0, -1], [1, -1], [0, 1], [1, 0]])
    more = {"n_stages": np.ones(4), "recognition": np.tile([[1.0, 3.0]], (1, 4, 1)), "legs": legs}
    tables = table_of(values, **grown, **more, protocol=[0, 1, TRACK, TRACK], n_legs=[1, 1, 2, 2])
    seats = [seats_of(tables, 0, f) for f in range(4)]
    assert [one.order for one in seats] == ["alternating", "random", "random", "alternating"]
    assert seats[2].recognition == pytest.approx([0.25, 0.75])
    assert "last leg" in str(seats[2].notes[0])
    assert seats[1].notes == ()


@pytest.mark.parametrize(
    ("arrays", "passes"),
    [
        ({"quota": [[0.5, 0.0]], "strict": [1]}, lambda s: len(s) >= 3),  # majority of four: more than two
        ({"quota": [[0.5, 0.0]]}, lambda s: len(s) >= 2),
        ({"quota": [[0.0, 0.6]], "capability": [[4.0, 3.0, 2.0, 1.0]]}, lambda s: sum([4, 3, 2, 1][i] for i in s) >= 6),
        (
            {"quota": [[0.5, 0.6]], "capability": [[4.0, 3.0, 2.0, 1.0]]},
            lambda s: len(s) >= 2 and sum([4, 3, 2, 1][i] for i in s) >= 6,
        ),
        ({"quota": [[0.5, 0.0]], "vetoes": [[0, 0, 1, 0]]}, lambda s: len(s) >= 2 and 2 in s),
        ({"unanimous": [1]}, lambda s: len(s) == 4),
    ],
)
def test_consent_rules_of_formats(arrays, passes):
    rule = seats_of(table_of(np.zeros((2, 4)), **{"unanimous": [0], **arrays}), 0, 0).rule
    for yes in itertools.product((False, True), repeat=4):
        assert rule.passes(np.array(yes)) == passes({i for i in range(4) if yes[i]}), yes


def test_seats_follow_the_speaking_order_not_the_file():
    tables = table_of([[0, 0, 0], [0.1, 0.2, 0.3]], patience=[0.5, 0.6, 0.7], turn=[[2, 0, -1]])
    found = table_equilibrium(tables, 0, 0)
    assert found.seats.parties.tolist() == [2, 0]
    assert found.seats.discount**2 == pytest.approx([0.7, 0.5])
    assert found.gains.tolist() == [[0.3, 0.1]]
