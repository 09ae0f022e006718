"""Strategies: each of the catalogue does what it says, and strategies of one's own play by the rules or are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.engines.conformance import check_strategy
from sim.engines.strategy import View
from sim.engines.talk import play
from sim.scenario import Encoder, load_raw
from sim.types.tables import STRATEGIES
from sim.types.transcript import Deal, Move, Transcript, Why
from tests.scenario.generate import random_scenario
from tests.shipped import GAINS_ALONE


def scenario(strategy: str = "standard", *, seed: int = 4, months: int = 6) -> Encoder:
    """Two parties over four issues; the first bargains by `strategy`, and everything else is time alone."""
    data = random_scenario(np.random.default_rng(seed), 2, 4, 4, uncertain=0.0, red_lines=False, months=months)
    for party in data["parties"].values():
        party.pop("leverage", None)
        party.pop("support", None)
        party |= {"standing": {}, "talk_cost": 0.0, "meeting_value": 0.0, "outside_option": 0.0}
        party["price_of_no_settlement"] = {"now": 0.0}
        party["behaviour"] = {"reciprocity": 0.0, "concession_exponent": 0.5}
    data["parties"]["p0"]["behaviour"]["strategy"] = strategy
    data["behaviour"] = GAINS_ALONE
    return Encoder(load_raw(data), seed=1)


def told(strategy: str, **how: Any) -> Transcript:
    return play(scenario(strategy, **how), format_index=0, draw=0, replication=0)


def gaps(talk: Transcript, party: int = 0) -> list[float]:
    """What the party asks for, round by round, up to the first text in hand."""
    stop = min((one.round for one in talk.interims), default=10_000)
    return [turn.gap for turn in talk.turns if turn.speaker == party and turn.round <= stop]


def strict_opponent() -> Any:
    """A second party that says nothing and takes nothing, so that the first is seen in every round."""

    class Stone:
        def offer(self, view: View) -> Deal | None:
            return None

        def accepts(self, view: View, deal: Deal) -> bool:
            return False

    return Stone()


def alone(strategy: str) -> Transcript:
    """The strategy against a stone."""
    return play(scenario(strategy), format_index=0, draw=0, replication=0, strategies={"p1": strict_opponent()})


def test_time_alone_concedes_late_evenly_or_early() -> None:
    found = {name: np.array(gaps(alone(name))) for name in ("boulware", "linear", "conceder")}
    for name, exponent in (("boulware", 0.2), ("linear", 1.0), ("conceder", 5.0)):
        top, n = found[name][0], len(found[name])
        expected = top * (1 - (np.arange(n) / (n - 1)) ** (1 / exponent))
        assert found[name] == pytest.approx(expected)
    assert (found["boulware"][1:-1] > found["linear"][1:-1]).all()
    assert (found["linear"][1:-1] > found["conceder"][1:-1]).all()


@pytest.mark.parametrize("name", ["tit_for_tat", "relative_tit_for_tat"])
def test_tit_for_tat_gives_nothing_to_a_stone_and_something_to_a_conceder(name: str) -> None:
    stone = gaps(alone(name))
    assert stone == pytest.approx([stone[0]] * len(stone))
    conceding = gaps(told(name))
    assert conceding[-1] < conceding[0]


def test_a_hard_liner_never_moves() -> None:
    asked = gaps(alone("hard_liner"))
    assert asked == pytest.approx([asked[0]] * len(asked))
    assert asked[0] > 0.0


def test_a_staller_plays_for_time_until_the_last_month() -> None:
    talk = alone("staller")
    months = {turn.month: turn.move for turn in talk.turns if turn.speaker == 0}
    assert {month for month, move in months.items() if move is Move.STALL} == set(range(1, 6))
    assert months[6] is not Move.STALL


def test_a_fair_splitter_asks_for_its_share_from_the_start() -> None:
    asked, top = gaps(alone("fair_split")), gaps(alone("hard_liner"))[0]
    assert asked == pytest.approx([asked[0]] * len(asked))
    assert 0.0 < asked[0] < top


def test_the_catalogue_is_all_tried() -> None:
    for name in STRATEGIES:
        assert told(name).record.outcome >= 0


class Sensible:
    """Offers the best deal for itself that was not refused before; takes anything above its reservation value."""

    def offer(self, view: View) -> Deal | None:
        worth = [(view.gain(deal), deal) for deal in view.deals()]
        good = sorted((one for one in worth if one[0] > 0.0 and one[1] != view.in_hand), reverse=True)
        return good[min(view.round, len(good) - 1)][1] if good else None

    def accepts(self, view: View, deal: Deal) -> bool:
        return view.gain(deal) > 0.0


class BelowReservation(Sensible):
    def accepts(self, view: View, deal: Deal) -> bool:
        return True


class AcrossLines(Sensible):
    def offer(self, view: View) -> Deal | None:
        return tuple(len(issue.options) - 1 for issue in view.structure.issues)


class Forgetful(Sensible):
    calls = 0

    def offer(self, view: View) -> Deal | None:
        type(self).calls += 1
        return super().offer(view) if type(self).calls % 3 else None


class NotADeal(Sensible):
    def offer(self, view: View) -> Any:
        return list(super().offer(view) or ())


def test_a_sensible_strategy_conforms() -> None:
    assert check_strategy(Sensible) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (BelowReservation, "below its reservation value"),
        (AcrossLines, "off the agenda, excluded or across its own firm line"),
        (Forgetful, "does something else"),
        (NotADeal, "an offer is a tuple"),
    ],
)
def test_what_is_wrong_with_a_strategy_is_told(make: Callable[[], Any], words: str) -> None:
    assert any(words in each for each in check_strategy(make))


def test_a_strategy_of_ones_own_says_so_in_its_answers() -> None:
    talk = play(scenario(), format_index=0, draw=0, replication=0, strategies={"p1": Sensible()})
    answers = [one for turn in talk.turns for one in turn.answers if one.party == 1]
    assert answers
    assert {one.why for one in answers} == {Why.OWN_STRATEGY}


def test_a_strategy_for_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown parties"):
        play(scenario(), format_index=0, draw=0, replication=0, strategies={"p9": Sensible()})
