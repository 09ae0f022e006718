"""Utilities and red lines of every view, worked by hand; values by ideal with two slopes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Encoder, ScenarioError, load_raw, load_scenario
from sim.scenario.sampling.layout import Layout
from sim.scenario.sampling.view_utilities import felt_values, option_values
from tests.scenario.generate import scenarios
from tests.scenario.tiny import tables, tiny


def test_utilities_by_hand():
    found = tables(tiny()).contribution[0]
    # a: weights 3/4, 1/4; peace spans 0.6, land 1 (1 - (d/100)^2: 0, 0.75, 1), so the stake is 0.45 + 0.25 = 0.7.
    np.testing.assert_allclose(found[0, 0], np.array([0, 0.15, 0.45]) / 0.7)
    np.testing.assert_allclose(found[0, 1], np.array([0, 0.1875, 0.25]) / 0.7)
    # b: weights 1/2; land by rank 1, 1/2, 0, squared.
    np.testing.assert_allclose(found[1, 0], [0, 0, 0.5])
    np.testing.assert_allclose(found[1, 1], [0.5, 0.125, 0])


@pytest.mark.parametrize(
    ("line", "bars"),
    [
        ({"issue": "land", "options": "half", "firmness": 1}, [0, 1, 1]),  # ranked: worse is barred too
        ({"issue": "land", "options": "half", "firmness": 1, "and_worse": False}, [0, 1, 0]),
        ({"issue": "land", "options": "half", "firmness": 0}, [0, 0, 0]),
        ({"issue": "land", "options": ["kept", "ceded"], "firmness": 1}, [0, 0, 1]),  # never the status quo
    ],
)
def test_red_lines_by_hand(line, bars):
    found = tables(tiny(parties__b__red_lines={"line": line}), 3)
    assert (found.barred[:, 1, 1] == bars).all()
    assert not found.barred[:, 0].any()


def test_values_by_option_bar_worse_only_when_asked():
    line = {"issue": "peace", "options": ["treaty"], "firmness": 1}
    assert tables(tiny(parties__a__red_lines={"line": line})).barred[0, 0, 0].tolist() == [0, 0, 1]
    asked = {**line, "and_worse": True}
    assert tables(tiny(parties__a__red_lines={"line": asked})).barred[0, 0, 0].tolist() == [0, 1, 1]


def test_firmness_is_coupled_over_levels_and_beliefs():
    line = {"issue": "land", "options": "ceded"}
    half, most = (tables(tiny(parties__b__red_lines={"l": {**line, "firmness": f}}), 400) for f in (0.5, 0.8))
    assert (half.barred <= most.barred).all()
    share = half.barred[:, 1, 1, 2].mean()
    assert 0.4 < share < 0.6
    data = tiny(parties__b__red_lines={"l": {**line, "firmness": 0.5}})
    data["parties"]["a"]["beliefs"] = {"b": {"firmness": {"l": 0.8}}}
    believed = tables(data, 400)
    assert believed.view_row.tolist() == [[0, 2], [0, 1]]
    np.testing.assert_array_equal(believed.barred[:, 1], half.barred[:, 1])
    np.testing.assert_array_equal(believed.barred[:, 2], most.barred[:, 1])
    np.testing.assert_array_equal(believed.contribution[:, 2], believed.contribution[:, 1])


PAID = {"if": {"peace": ["truce", "treaty"]}, "unless": {"land": "ceded"}}


def test_a_conditional_line_across_composites_is_meant_by_the_uniform_of_any_line():
    line, plain = {**PAID, "firmness": 0.5}, {"issue": "peace", "options": "treaty", "firmness": 0.5}
    data = tiny(parties__a__red_lines={"l": line}, parties__b__beliefs={"a": {"firmness": {"l": 0.8}}})
    found, old = tables(data, 400), tables(tiny(parties__a__red_lines={"l": plain}), 400)
    more = tables(tiny(parties__a__red_lines={"l": {**line, "firmness": 0.8}}), 400)
    assert not found.barred.any()
    np.testing.assert_array_equal(found.line_firm[:, 0, 0], old.barred[:, 0, 0, 2])
    np.testing.assert_array_equal(found.line_firm[:, 2], more.line_firm[:, 0])  # b's belief
    assert (found.line_firm[:, 0] <= more.line_firm[:, 0]).all()
    assert not found.line_firm[:, 1].any()  # nobody else's line


@pytest.mark.parametrize(
    ("line", "crossing"),
    [
        ({"if": {"peace": "treaty"}, "unless": {"land": ["half", "ceded"]}}, [("treaty", "kept")]),
        ({"if": {"peace": "treaty"}, "unless": {"land": ["kept"]}}, [("treaty", "half"), ("treaty", "ceded")]),
        ({"if": {"peace": "treaty", "land": "half"}}, [("treaty", "half")]),
        ({"if": {"peace": ["truce", "treaty"]}, "unless": {"peace": "treaty", "land": "ceded"}},
         [("truce", "kept"), ("truce", "half"), ("truce", "ceded"), ("treaty", "kept"), ("treaty", "half")]),
    ],
)  # fmt: skip
def test_inside_one_composite_a_conditional_line_bars_options(line, crossing):
    link = {"both": {"when": {"peace": "treaty", "land": "ceded"}, "bonus": 0.1}}
    raw = tiny(parties__a__red_lines={"l": {**line, "firmness": 1}}, parties__b__linkages=link)
    found, resolved = tables(raw), load_raw(raw)
    assert found.line_firm.shape == (1, 2, 0)
    names = [list(issue.options) for issue in resolved.issues.values()]
    deals = [(peace, land) for peace in names[0] for land in names[1]]  # as the composite has them
    assert [deal for deal, barred in zip(deals, found.barred[0, 0, 0], strict=True) if barred] == crossing
    assert found.barred[0, 0, 0, found.status_quo[0]] == 0
    apart = tables(tiny(parties__a__red_lines={"l": {**line, "firmness": 1}}))  # no linkage: two composites
    options = np.indices((3, 3)).reshape(2, -1)
    met, good = (flags[0, [[0], [1]], options].all(axis=0) for flags in (apart.line_if, apart.line_unless))
    assert [deal for deal, crosses in zip(deals, met & ~good, strict=True) if crosses] == crossing


def test_believed_saliences_weigh_the_others_values():
    found = tables(tiny(parties__a__beliefs={"b": {"salience": {"peace": 3}}})).contribution[0, 2]
    np.testing.assert_allclose(found[0], [0, 0, 0.75])
    np.testing.assert_allclose(found[1], [0.25, 0.0625, 0])


def test_what_is_given_up_counts_by_concession_aversion_by_hand():
    data = tiny(behaviour__concession_aversion=2)
    found = tables(data).contribution[0]
    # b: the status quo of land is its best option, so that 1, 1/4, 0 become 1, 1 - 2 * 3/4, 1 - 2; peace only gains.
    np.testing.assert_allclose(found[1, 0], np.array([0, 0, 0.5]) / 1.5)
    np.testing.assert_allclose(found[1, 1], np.array([1, 0.25, 0]) / 1.5)
    np.testing.assert_array_equal(found[0], tables(tiny()).contribution[0, 0])  # a gains by everything


def test_trust_at_signing_is_of_gains_alone_by_hand():
    data = tiny(behaviour__trust_at_signing=0.5)
    found = tables(data).contribution[0, 1]
    # b: peace 0, 0, 1 becomes 0, 0, 1/2; land is at its best, which is kept: the stake is 1/4 + 1/2.
    np.testing.assert_allclose(found[0], np.array([0, 0, 0.25]) / 0.75)
    np.testing.assert_allclose(found[1], np.array([0.5, 0.125, 0]) / 0.75)


@given(scenarios())
@settings(max_examples=30)
def test_at_one_the_values_are_those_given_bit_by_bit(data):
    plain = (
        f"{head}behaviour.{key}=1" for head in ("", "parties.*.") for key in ("concession_aversion", "trust_at_signing")
    )
    resolved = load_raw(data, sets=list(plain))
    layout, drawn = Layout(resolved), Encoder(resolved, seed=4).drawn(0, 3)
    for party, record in resolved.parties.items():
        for issue in record.values:
            given_ = option_values(layout, drawn, party, issue)
            np.testing.assert_array_equal(felt_values(layout, drawn, party, issue, values=given_), given_)


@given(
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
    st.floats(1, 10), st.floats(0.1, 1), st.floats(0.1, 1), st.floats(0, 0.5),
)  # fmt: skip
def test_felt_values_keep_the_order_and_follow_an_affine_change(values, aversion, trust, factor, shift):
    def felt(numbers):
        sets = [f"behaviour.concession_aversion={aversion}", f"behaviour.trust_at_signing={trust}"]
        resolved = load_raw(tiny(), sets=sets)
        return felt_values(Layout(resolved), Encoder(resolved, seed=1).drawn(0, 1), "a", "peace", values=numbers)[0]

    plain = np.array([values])
    found, order = felt(plain), np.argsort(plain[0], kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()
    np.testing.assert_allclose(felt(shift + factor * plain), shift + factor * found, atol=1e-12)
    assert found[0] == values[0]  # the status quo
    harder = load_raw(tiny(), sets=["behaviour.concession_aversion=10", f"behaviour.trust_at_signing={trust}"])
    worst = felt_values(Layout(harder), Encoder(harder, seed=1).drawn(0, 1), "a", "peace", values=plain)[0]
    assert (worst <= found + 1e-12).all()


def test_red_lines_go_by_the_values_given():
    line = {"issue": "land", "options": "half", "firmness": 1}
    plain, felt = (tables(tiny(parties__b__red_lines={"l": line}, behaviour__concession_aversion=k)) for k in (1, 3))
    np.testing.assert_array_equal(plain.barred, felt.barred)


def test_a_line_with_a_price_costs_what_its_uniform_says_and_bars_nothing():
    line = {"issue": "land", "options": "ceded", "firmness": 1}
    data = tiny(parties__b__red_lines={"l": line}, behaviour__line_price=0.2)
    plain, priced = tables(tiny(), 4), tables(data, 4)
    assert not priced.barred.any()
    u = Encoder(load_raw(data), seed=1).drawn(0, 4).uniforms("parties.b.red_lines.l")
    change = priced.contribution[:, 1, 1] - plain.contribution[:, 1, 1]
    np.testing.assert_allclose(change[:, 2] - change[:, 0], np.log1p(-u) * 0.2)
    np.testing.assert_allclose(priced.contribution.min(axis=3), 0.0)
    np.testing.assert_array_equal(priced.contribution[:, 0], plain.contribution[:, 0])
    half = tables(tiny(parties__b__red_lines={"l": {**line, "firmness": 0.5}}, behaviour__line_price=0.2), 4)
    np.testing.assert_array_equal(half.contribution[u >= 0.5], plain.contribution[u >= 0.5])
    np.testing.assert_array_equal(half.contribution[u < 0.5], priced.contribution[u < 0.5])


def test_a_party_that_cares_for_nothing_has_zeros():
    flat = {"peace": {"options": {"war": 0.5, "truce": 0.5, "treaty": 0.5}}}
    data = tiny()
    data["parties"]["a"] = {"salience": {"peace": 1}, "values": flat}
    assert (tables(data).contribution[0, 0] == 0).all()


FILE = Path(__file__).parents[2] / "scenarios" / "valid" / "grid.yaml"


def data():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def values(resolved, party: str, issue: str, **draws):
    """[W or 1, n] values of the options of an issue."""
    return option_values(Layout(resolved), Encoder(resolved, seed=1).drawn(0, draws.get("n", 1)), party, issue)


def positions(resolved, issue: str):
    return list(resolved.issues[issue].scale.positions.values())


def one_party(ideal: float, loss: float, below: float, above: float, step: float = 5.0):
    """Values of a grid from 0 to 100, and its positions."""
    raw = data()
    raw["issues"]["share"] |= {"status_quo": 0, "scale": {"grid": {"from": 0, "to": 100, "step": step}}}
    raw["parties"]["a"]["values"]["share"] = {
        "ideal": ideal,
        "loss": loss,
        "steepness": {"below": below, "above": above},
    }
    resolved = load_raw(raw)
    return np.array(positions(resolved, "share")), values(resolved, "a", "share")[0]


def test_by_hand_twice_as_steep_above():
    # ideal 40 of 0 to 100: 20 below is 1 - 0.2; 20 above counts as 40, 1 - 0.4; 60 above would be 1 - 1.2, so 0
    at, found = one_party(40.0, 1.0, 1.0, 2.0, step=20.0)
    by_place = dict(zip(at.tolist(), found.tolist(), strict=True))
    assert by_place[20.0] == pytest.approx(0.8)
    assert by_place[40.0] == 1.0
    assert by_place[60.0] == pytest.approx(0.6)
    assert by_place[100.0] == 0.0


def test_by_hand_quadratic():
    at, found = one_party(40.0, 2.0, 0.5, 2.0, step=20.0)
    by_place = dict(zip(at.tolist(), found.tolist(), strict=True))
    assert by_place[0.0] == pytest.approx(1.0 - 0.2**2)
    assert by_place[60.0] == pytest.approx(1.0 - 0.4**2)


def test_a_side_without_slope_is_all_one():
    at, found = one_party(40.0, 1.0, 0.0, 1.0)
    assert (found[at <= 40.0] == 1.0).all()
    assert (found[at > 40.0] < 1.0).all()


def told(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers that can be told from 0, and 0: the file may hold no others."""
    return st.floats(low, high).map(lambda number: number if abs(number) >= 1e-15 else 0.0)


@given(
    told(-50, 150),
    st.floats(0.2, 4.0),
    told(0.0, 5.0),
    told(0.0, 5.0),
    st.sampled_from([4.0, 10.0]),
)
def test_one_at_the_ideal_and_falling_on_both_sides(ideal, loss, below, above, step):
    at, found = one_party(ideal, loss, below, above, step)
    order = np.argsort(at, kind="stable")
    at, found = at[order], found[order]
    assert ((found >= 0.0) & (found <= 1.0)).all()
    assert (np.diff(found[at <= ideal]) >= 0.0).all()
    assert (np.diff(found[at >= ideal]) <= 0.0).all()
    assert (found[at == ideal] == 1.0).all()


@given(told(0, 100), st.floats(0.2, 4.0))
def test_equal_slopes_are_the_plain_loss(ideal, loss):
    raw = data()
    raw["parties"]["a"]["values"]["share"] = {"ideal": ideal, "loss": loss}
    plain = load_raw(raw)
    raw["parties"]["a"]["values"]["share"]["steepness"] = {"above": 1}
    assert (values(load_raw(raw), "a", "share") == values(plain, "a", "share")).all()


def test_uncertain_slopes_are_drawn_and_can_be_set():
    resolved = load_scenario(FILE)
    assert resolved.numbers["parties.b.values.years.steepness.above"].form == (1, 2)
    drawn = values(resolved, "b", "years", n=50)
    assert len(np.unique(drawn[:, -1])) > 20  # and 0 where it falls off the scale
    changed = load_scenario(FILE, sets=["parties.b.values.share.steepness.above=3"])
    assert changed.numbers["parties.b.values.share.steepness.above"].form == 3.0
    assert changed.numbers["parties.b.values.share.steepness.below"].form == 1.0
    with pytest.raises(ScenarioError, match="0 or more"):
        load_scenario(FILE, sets=["parties.b.values.share.steepness.above=-0.1"])


def test_an_exponent_gives_the_same_bits_however_many_worlds_are_worked_out_at_once():
    either = {"discrete": {"values": [0.5, 2.0], "probabilities": [0.5, 0.5]}}
    data = tiny(parties__a__values__land__loss=either, parties__b__values__land__curve=either)
    data["parties"]["a"]["values"]["land"]["ideal"] = {"uniform": [0.0, 60.0]}
    encoder = Encoder(load_raw(data), seed=3)
    many, single = encoder.tables(0, 200), [encoder.tables(draw, 1) for draw in range(200)]
    assert many.contribution.tobytes() == b"".join(tables.contribution.tobytes() for tables in single)
