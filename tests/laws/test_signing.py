"""Laws of signing: nobody below its reservation value before pressing; a firmer line never opens a deal.

Cover `alternating_offers`, acceptance, partial texts, red lines. The checkers are plain NumPy on tables and records.
"""

from __future__ import annotations

import copy
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.talk import play as talk
from sim.scenario import Encoder
from sim.types.endings import EndReason, Outcome
from sim.types.outcomes import Runs
from sim.types.tables import PRINCIPAL, Tables
from tests.laws.common import Raw, encode, play, play_changed
from tests.scenario.generate import random_scenario, scenarios
from tests.shipped import GAINS_ALONE

ROUNDING = 1e-9

SHARES = st.floats(0, 1).map(lambda share: round(share, 9))  # a file holds no number that cannot be told from 0


def everybody_comes(t: Tables) -> Tables:
    """Talks cost nothing, so that no seat is left empty."""
    return t._replace(talk_cost=np.zeros_like(t.talk_cost))


def composite_options(t: Tables, options: np.ndarray) -> np.ndarray:
    """[R, C] composite options of deals given as options per issue [R, I]."""
    deals = np.zeros((len(options), len(t.n_options)), dtype=np.int64)
    for c, n in enumerate(t.n_options):
        issues = np.flatnonzero(t.issue_composite == c)
        combos = t.issue_option[issues, :n].T
        deals[:, c] = (options[:, issues][:, None, :] == combos).all(axis=2).argmax(axis=1)
    return deals


def gains(t: Tables, world: int, deal: np.ndarray, month: int) -> np.ndarray:
    """[P] value of a deal minus the reservation value at the status quo, stakes."""
    place = np.arange(len(deal))
    price = t.price[world] + t.drift[world] * month
    true = t.contribution[world, : len(t.bloc)]
    moved = true[:, place, deal] - true[:, place, t.status_quo]
    return moved.sum(axis=1) - price * t.ending[place, deal].sum() - t.outside[world]


def most_pressure(t: Tables, world: int, target: int, seated: np.ndarray) -> float:
    """The most that the others at the table could take off the target's reservation value."""
    able = t.leverage[world, :, target] * (t.motive[world, :, target] > 0.0) * seated
    return float(min(able.sum(), t.pressure_cap[world]))


def shortfalls(t: Tables, world: int, deal: np.ndarray, month: int, seated: np.ndarray) -> list[str]:
    """Who at the table would sign `deal` in a month of a world below its reservation value, or across its firm line."""
    gain, place = gains(t, world, deal, month), np.arange(len(deal))
    found = []
    for q in np.flatnonzero(seated):
        if gain[q] + most_pressure(t, world, q, seated) < -ROUNDING:
            found.append(f"party {q} signs {gain[q]:.4f} below its reservation value")
        if t.barred[world, q, place, deal].any():
            found.append(f"party {q} signs across its firm line")
    return found


def check_reservations(t: Tables, runs: Runs, n_formats: int, replications: int) -> list[str]:
    """Violations: tabled texts that everybody at the table could not have signed when the talks ended.

    An early harvest is banked in an earlier month, perhaps before a shock, which is why months are tried; without one a
    text in hand is put to the table once more at the deadline. With a contact group everybody has signed, unless its
    text was voted down.
    """
    found: list[str] = []
    deals = composite_options(t, runs.tabled)
    per_draw = n_formats * replications
    for row in np.flatnonzero((deals != t.status_quo).any(axis=1)):
        first = (row // per_draw) * int(t.n_regimes[0])
        fmt, last = (row // replications) % n_formats, int(runs.month[row]) - 1
        seated = t.seated[fmt] == PRINCIPAL
        if runs.reason[row] == EndReason.VOTED_DOWN:  # what the others voted down only the contact group has signed
            seated &= t.talks[first, fmt] == 1
        worlds, months = {first + int(runs.shock[row])}, range(last, last - 1, -1)
        if t.early_harvest[fmt]:
            worlds, months = worlds | {first}, range(last, -1, -1)
        tried = [shortfalls(t, world, deals[row], month, seated) for world, month in product(worlds, months)]
        if all(tried):
            found += [f"run {row}: {each}" for each in tried[0]]
    return found


@settings(max_examples=25)
@given(scenarios(max_parties=4), st.booleans())
def test_nobody_signs_below_its_reservation_value_or_across_a_line(data: Raw, levers: bool) -> None:
    if not levers:
        for party in data["parties"].values():
            party.pop("leverage", None)
    encoder = encode(data)
    runs = play_changed(encoder, everybody_comes, n_draws=10)
    assert check_reservations(encoder.tables(0, 10), runs, 2, 4) == []


def test_a_text_in_hand_that_lost_its_worth_by_the_deadline_is_dropped() -> None:
    """Prices that drift fast make interim texts poor; some runs must drop one, or the law above is idle here."""
    data = random_scenario(np.random.default_rng(9), 3, 4, 3, uncertain=1.0, red_lines=False, months=12)
    data["behaviour"] = GAINS_ALONE  # a single undertaking has no text in hand
    for party in data["parties"].values():
        party["price_of_no_settlement"] = {"now": -0.1, "drift": 0.03}
    encoder = encode(data)
    runs = play_changed(encoder, everybody_comes, n_draws=20)
    assert check_reservations(encoder.tables(0, 20), runs, 2, 4) == []
    told = (talk(encoder, format_index=1, draw=draw, replication=0) for draw in range(20))
    dropped = [one for one in told if one.last_resort and one.last_resort.in_hand and not one.last_resort.signed]
    assert dropped
    assert all(one.reason is EndReason.DEADLINE for one in dropped if one.outcome is Outcome.NO_AGREEMENT)


def signers() -> Encoder:
    """A scenario in which texts are signed, with a firm line for everybody."""
    data = random_scenario(np.random.default_rng(8), 3, 3, 3, uncertain=0.0, leverage=False)
    for party in data["parties"].values():
        party["red_lines"] = {}
    return encode(data)


def test_signing_for_too_little_is_noticed() -> None:
    encoder = signers()
    runs = play_changed(encoder, everybody_comes, n_draws=20)
    t = encoder.tables(0, 20)
    assert check_reservations(t, runs, 2, 4) == []
    assert check_reservations(t._replace(outside=t.outside + 0.5), runs, 2, 4)


def test_signing_across_a_line_is_noticed() -> None:
    encoder = signers()
    runs = play_changed(encoder, everybody_comes, n_draws=20)
    t = encoder.tables(0, 20)
    barred = t.barred.copy()
    barred[:, 0, 0, 1:] = 1
    assert check_reservations(t._replace(barred=barred), runs, 2, 4)


# --- a firmer red line ----------------------------------------------------------------------------------------------


def with_firmness(data: Raw, firmness: float) -> Raw:
    """The scenario with every red line meant with one probability."""
    changed = copy.deepcopy(data)
    for party in changed["parties"].values():
        for line in party.get("red_lines", {}).values():
            line["firmness"] = firmness
    return changed


def acceptable(t: Tables, format_index: int) -> np.ndarray:
    """[W, N] deals that cross no seated party's firm line and are worth its reservation value to each."""
    deals = np.array(list(product(*(range(n) for n in t.n_options))))
    place = np.arange(len(t.n_options))
    out = np.ones((len(t.price), len(deals)), dtype=bool)
    for world, q in product(range(len(out)), np.flatnonzero(t.seated[format_index] == PRINCIPAL)):
        worth = np.array([gains(t, world, deal, 0)[q] for deal in deals]) >= 0.0
        out[world] &= worth & ~t.barred[world, q][place, deals].any(axis=1)
    return out


def check_firmness(soft: Tables, firm: Tables) -> list[str]:
    """Violations: worlds in which a deal is acceptable only under the firmer lines."""
    wider = (acceptable(firm, 1) & ~acceptable(soft, 1)).any(axis=1)
    return [f"world {w}: the firmer line opens a deal" for w in np.flatnonzero(wider)]


@settings(max_examples=15)
@given(scenarios(max_parties=3, max_issues=3, max_options=3, red_lines=True), SHARES, SHARES)
def test_a_firmer_line_never_widens_what_is_acceptable(data: Raw, one: float, two: float) -> None:
    soft, firm = (encode(with_firmness(data, each)).tables(0, 6) for each in sorted((one, two)))
    assert check_firmness(soft, firm) == []


def test_lines_drawn_afresh_are_noticed() -> None:
    """Without common chance for both levels of firmness a firmer line may happen not to be meant."""
    data = random_scenario(np.random.default_rng(2), 3, 3, 3, uncertain=0.0)
    for party in data["parties"].values():
        party["red_lines"] = {"line": {"issue": "i1", "options": ["o1", "o2"], "firmness": 0.5}}
        party["outside_option"] = 0.0
        party["values"]["i1"] = {"options": {"o0": 0.0, "o1": 1.0, "o2": 1.0}}
    soft, firm = with_firmness(data, 0.4), with_firmness(data, 0.5)
    assert check_firmness(encode(soft, seed=1).tables(0, 60), encode(firm, seed=1).tables(0, 60)) == []
    assert check_firmness(encode(soft, seed=1).tables(0, 60), encode(firm, seed=2).tables(0, 60))


def test_no_run_without_a_seat_was_counted() -> None:
    """Keep the helper honest: with free talks every invited principal comes, so texts exist to be checked."""
    runs = play_changed(signers(), everybody_comes, n_draws=20)
    assert (runs.outcome != 0).all()
    assert runs.agreed.any()
    assert play(signers(), n_draws=2).outcome.size
