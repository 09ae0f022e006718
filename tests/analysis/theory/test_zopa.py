import itertools
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.theory.zopa import SCOPES, SENSES, answer, ask, zopas
from sim.bargaining.deal_search import SLACK
from sim.scenario import Encoder, load_raw
from sim.types.tables import CORE
from tests.analysis.spaces import TOLERANCE
from tests.scenario.generate import random_scenario
from tests.scenario.tiny import tables, tiny
from tests.shipped import FLAGSHIP, encoder_of

pytestmark = pytest.mark.slow

RECIPE = {"red_lines": True, "standing": True, "leverage": True}
seeds = st.integers(0, 100_000)


def random_tables(seed, n_issues=3, n_options=3):
    """Tables of one draw; format 0 seats two of four parties."""
    recipe = {**RECIPE, "linked": seed % 2 == 0, "conditional_lines": seed % 3}
    data = random_scenario(np.random.default_rng(seed), 4, n_issues, n_options, **recipe)
    tables = Encoder(load_raw(data), seed=seed).tables(0, 1)
    outside = np.random.default_rng(seed).choice([0.0, 0.0, 0.2], tables.outside.shape)
    return tables._replace(outside=outside)


def changed(tables, **arrays):
    """The tables with some arrays replaced by what a function makes of their copy."""
    return tables._replace(**{name: change(getattr(tables, name).copy()) for name, change in arrays.items()})


def all_deals(t, format_index):
    """Every deal that the agenda allows, and that settles what a single undertaking must settle."""
    for deal in itertools.product(*(np.flatnonzero(row).tolist() for row in t.allowed[format_index])):
        if all(t.settles[i, deal[t.issue_composite[i]]] for i in np.flatnonzero(t.undertaken[format_index])):
            yield deal


def worth(t, p, deal):
    """Value of a deal at month 0, number by number."""
    return sum(t.contribution[0, p, c, o] - t.price[0, p] * t.ending[c, o] for c, o in enumerate(deal))


def struck(t, deal):
    """The deal with each core issue put back."""
    deal = list(deal)
    for i in np.flatnonzero(t.level == CORE):
        c = t.issue_composite[i]
        deal[c] = int(t.strike_to[i, deal[c]])
    return [int(t.status_quo[c]) if c in tied(t) else o for c, o in enumerate(deal)]


def pushes(t, table):
    """Stakes by which the table can lower each reservation value at most (blocs of one party each)."""
    found = []
    for q in range(len(t.bloc)):
        total = 0.0
        for p in table:
            usable = [d for d in all_deals(t, 0) if not any(crosses(t, k, d) for k in table)]
            top = max((worth(t, p, d) for d in usable), default=-np.inf) - worth(t, p, t.status_quo) - t.outside[0, p]
            if p != q and t.motive[0, p, q] * top > t.pressure_cost[0, p, q]:
                total += t.leverage[0, p, q]
        found.append(min(total, t.pressure_cap[0]))
    return found


def crosses(t, p, deal):
    for b in np.flatnonzero(t.line_firm[0, p]):
        given, got = (all(flags[b, c, o] for c, o in enumerate(deal)) for flags in (t.line_if, t.line_unless))
        if given and not got:
            return True
    return any(t.barred[0, p, c, o] for c, o in enumerate(deal))


def tied(t):
    """Composites that a conditional line, firm or not, ties to a core issue."""
    core = {int(t.issue_composite[i]) for i in np.flatnonzero(t.level == CORE)}
    spoken = [set(np.flatnonzero(t.line_if_in[b] | t.line_unless_in[b]).tolist()) for b in range(len(t.line_if))]
    return {c for asked in spoken if asked & core for c in asked} - core


def power(t, q, deal):
    """Largest standing over the issues that the deal moves."""
    at = [(i, deal[c]) for i, c in enumerate(t.issue_composite)]
    return max((t.standing[0, q, i, o] for i, o in at if t.moved[i, o]), default=0.0)


def by_hand(t, scope, sense, threshold=0.5):
    """(deals in the ZOPA, deals of the scope, best smallest gain, sum of chances), by the words of the module."""
    table = [p for p in range(len(t.bloc)) if t.seated[0, p] == 1]
    push = pushes(t, table) if sense == "pressure" else [0.0] * len(t.bloc)
    core = [i for i in range(len(t.level)) if t.level[i] == CORE]
    inside, total, best, chances = 0, 0, -np.inf, 0.0
    for deal in all_deals(t, 0):
        if scope == "core":
            settled = all(t.settles[i, deal[t.issue_composite[i]]] for i in core)
            with_core = {int(t.issue_composite[i]) for i in core}
            rest_still = all(o == t.status_quo[c] for c, o in enumerate(deal) if c not in with_core | tied(t))
            if not (core and settled and rest_still):
                continue
        total += 1
        if any(crosses(t, p, deal) for p in table) or list(deal) == t.status_quo.tolist():
            continue
        back = struck(t, deal) if scope == "core" else t.status_quo
        gain = [worth(t, p, deal) - worth(t, p, back) - t.outside[0, p] + push[p] for p in range(len(t.bloc))]
        absent = [q for q in range(len(t.bloc)) if q not in table and sense != "table"]
        needed = [q for q in absent if power(t, q, deal) >= threshold]
        least = min(gain[p] for p in table + needed)
        if not any(crosses(t, q, deal) for q in needed):
            inside += least >= -TOLERANCE
            best = max(best, least)
        if min(gain[p] for p in table) >= -TOLERANCE:
            no = [q for q in absent if gain[q] < -TOLERANCE or crosses(t, q, deal)]
            chances += float(np.prod([1.0 - power(t, q, deal) for q in no]))
    return inside, total, best, chances


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_zopas_agree_with_plain_loops(seed):
    t = random_tables(seed)
    for one in zopas(t, 0):
        inside, total, best, chances = by_hand(t, one.scope, one.sense)
        assert one.counted
        assert one.n_deals == pytest.approx(inside)
        assert one.share == one.share_low == one.share_high == pytest.approx(inside / total if total else 0.0)
        assert one.expected == pytest.approx(chances / total if total else 0.0)
        assert one.exists == (inside > 0)
        assert one.best == pytest.approx(best, abs=1e-9)
        assert one.gap == 0.0


@settings(max_examples=12, deadline=None)
@given(seeds, st.sampled_from([0, 300]))
def test_search_agrees_with_the_list_within_its_gap(seed, nodes):
    t = random_tables(seed)
    for scope in SCOPES:
        for sense in SENSES:
            question = ask(t, 0, scope, sense)
            listed = answer(question, scope, sense)
            with patch("sim.bargaining.deal_space.MAX_LISTED", 0):
                found = answer(question, scope, sense, samples=4000, nodes=nodes)
            assert found.exists in (listed.exists, None)
            if nodes and listed.deal is not None:
                assert found.exists == listed.exists
            assert found.best <= listed.best + 1e-9
            if found.best > -np.inf or found.gap == 0.0:
                assert found.best + found.gap >= listed.best - 1e-9 or listed.best == -np.inf
            if found.deal is not None:
                assert found.gap >= SLACK - 1e-9  # a bound below the value found would be no bound
            width = max(1e-9, 2 * (found.share_high - found.share_low))
            assert found.share_low - width <= listed.share <= found.share_high + width
            assert found.expected == pytest.approx(listed.expected, abs=0.05)


# --- laws -----------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(0, 3), st.integers(0, 50))
def test_a_firmer_line_never_widens_the_zopa(seed, party, where):
    t = random_tables(seed)
    moved = np.argwhere((t.allowed[0] == 1) & (np.arange(t.ending.shape[1]) != t.status_quo[:, None]))
    c, o = moved[where % len(moved)]

    def bar(barred):
        barred[0, party, c, o] = 1
        return barred

    narrower(t, changed(t, barred=bar))


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(0, 3))
def test_a_firmer_conditional_line_never_widens_the_zopa(seed, party):
    t = random_tables(3 * seed + 1)
    own = np.arange(len(t.line_if)) == party  # each party has one, in order

    def mean_it(firm):
        firm[0, party] |= own
        return firm

    narrower(t, changed(t, line_firm=mean_it))


def narrower(t, firmer):
    for before, after in zip(zopas(t, 0), zopas(firmer, 0), strict=True):
        assert after.n_deals <= before.n_deals
        assert after.share <= before.share
        assert after.expected <= before.expected + 1e-12
        assert after.best <= before.best + 1e-12
        assert before.exists or not after.exists


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_asking_more_parties_never_widens_and_pressure_never_narrows(seed):
    t = random_tables(seed)
    found = {(one.scope, one.sense): one for one in zopas(t, 0)}
    for scope in SCOPES:
        table, standing, pressure = (found[scope, sense] for sense in SENSES)
        assert standing.n_deals <= table.n_deals
        assert standing.best <= table.best
        assert pressure.n_deals >= standing.n_deals
        assert pressure.best >= standing.best
        strict = answer(ask(t, 0, scope, "standing"), scope, "standing", threshold=0.01)
        assert strict.n_deals <= standing.n_deals


@settings(max_examples=10, deadline=None)
@given(seeds, st.sampled_from(["leverage", "motive", "pressure_cost"]))
def test_no_ability_no_motive_or_no_price_worth_paying_is_no_pressure(seed, name):
    t = changed(random_tables(seed), **{name: lambda a: np.full_like(a, np.inf if name == "pressure_cost" else 0.0)})
    found = {(one.scope, one.sense): one for one in zopas(t, 0)}
    for scope in SCOPES:
        without, pressed = found[scope, "standing"], found[scope, "pressure"]
        assert pressed.best == without.best
        assert replace(pressed, sense="standing", deal=None) == replace(without, deal=None)


def test_pressure_is_capped_and_can_open_a_zopa():
    t = random_tables(11)  # in which the first party can gain
    t = changed(t, leverage=lambda a: np.full_like(a, 50.0), motive=np.ones_like, pressure_cost=np.zeros_like)
    t = changed(t, outside=lambda a: np.full_like(a, 3.0), pressure_cap=lambda a: np.full_like(a, 4.0))
    found = {(one.scope, one.sense): one for one in zopas(t, 0)}
    assert found["package", "table"].exists is False
    assert found["package", "pressure"].exists is False  # nobody can gain, so nobody has a motive
    t = changed(t, outside=lambda a: np.where(np.arange(a.shape[1]) == 0, 0.0, 3.0)[None].copy())
    found = {(one.scope, one.sense): one for one in zopas(t, 0)}
    assert found["package", "standing"].exists is False
    assert found["package", "pressure"].exists is True
    assert found["package", "pressure"].best <= found["package", "standing"].best + 4.0


def test_cheap_issues_do_not_pay_for_the_core():
    # The first party loses on the core and wins more elsewhere: a package pays, the core alone does not.
    data = random_scenario(np.random.default_rng(1), 2, 3, 2, red_lines=False, standing=False, leverage=False)
    t = Encoder(load_raw(data), seed=1).tables(0, 1)
    assert t.level[0] == CORE

    def values(a):
        a[...] = 0.0
        a[0, 0, :, 1] = [-0.2, 0.9, 0.1]
        a[0, 1, :, 1] = [0.5, 0.1, 0.1]
        return a

    t = changed(t, contribution=values, price=np.zeros_like, drift=np.zeros_like, outside=np.zeros_like)
    t = t._replace(level=np.array([CORE, 1, 1]))
    found = {(one.scope, one.sense): one for one in zopas(t, 0)}
    assert found["package", "table"].exists is True
    assert found["core", "table"].exists is False
    assert found["core", "table"].best == pytest.approx(-0.2)
    # The end of the war's price belongs to the core: where it hurts enough, the core pays for itself.
    assert t.ending.any()
    found = {(one.scope, one.sense): one for one in zopas(changed(t, price=lambda a: a - 0.3), 0)}
    assert found["core", "table"].best == pytest.approx(0.1)


def test_what_a_condition_ties_to_the_core_comes_with_it():
    """Peace costs the first party 0.2; the second would pay it 0.3 in land, at 0.1, as its condition or not."""
    paid = {"if": {"peace": ["treaty"]}, "unless": {"land": ["half", "ceded"]}}

    def zone(firmness, **line):
        t = tables(tiny(parties__a__red_lines={"paid": {**paid, **line, "firmness": firmness}}))
        contribution = np.zeros_like(t.contribution)
        contribution[0, :, 0, 2], contribution[0, :, 1, 1:] = [-0.2, 0.5], [[0.3, 0.4], [-0.1, -0.6]]
        t = t._replace(contribution=contribution, price=np.zeros_like(t.price))
        return {one.scope: one for one in zopas(t, 0) if one.sense == "table"}

    soft, firm = zone(0), zone(1)
    assert soft["core"].deal.tolist() == firm["core"].deal.tolist() == [2, 1]
    assert (soft["core"].best, firm["core"].best) == (pytest.approx(0.1), pytest.approx(0.1))
    assert (soft["core"].n_deals, firm["core"].n_deals) == (1, 1)
    never = zone(1, unless={"land": "ceded"})
    assert (
        never["core"].exists is never["package"].exists is False
    )  # what it asks costs the other more than peace gives
    assert zone(0, unless={"land": "ceded"})["core"].exists is True


def test_flagship_zopas_have_narrow_gaps():
    tables = encoder_of(FLAGSHIP).tables(0, 1)
    for f in range(len(tables.seated)):
        for one in zopas(tables, 0, format_index=f):
            assert one.exists is not None
            assert one.gap < 1e-3
            assert one.share_low <= one.share <= one.share_high
            assert one.share_high - one.share_low < 0.02
            space = ask(tables, 0, one.scope, one.sense, format_index=f).space
            assert one.counted == (space.listable or space.n_deals == 0.0)
