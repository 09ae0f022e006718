"""Law: without optimism, mistaken beliefs or costs of signing, a table signs where some deal is worth its claim to all.

Covers claims (`rules.claims`) in every protocol: the even shares of the best hopes add up to no more than there is, so
waiting gains nothing. Where claims exclude each other by their size nobody signs, and the reason says so.

Judgement is good but not blind: errors have a standard deviation of .02 stakes, and a fair deal is one that leaves each
`SLACK` more than its claim. A speaker counts what its text gives the others, not what they claim, and with a precision
of some hundreds or more all texts that are far from refused look alike to it. For the same reason the law asks for
three blocs under the open rule: of two, the first to have the floor can keep it.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sim.formats.protocols import PROTOCOL
from sim.types import EndReason
from sim.types.outcomes import Runs
from sim.types.tables import PRINCIPAL, Tables
from tests.laws.common import Raw, encode, play, play_changed
from tests.laws.made_up import PLAIN, issue, party, talks, world, worth

SLACK = 0.1  # stakes
MONTHS = 6
FAIR = {"optimism": 0.0, "signing_cost": 0.0, "concession_aversion": 1.0, "next_chance": 3.0, "precision": 100.0}
every_protocol = pytest.mark.parametrize("protocol", sorted(PROTOCOL))


def table(issues: Raw, parties: Raw, protocol: str, **behaviour: float) -> Raw:
    """All parties at one table, where nothing is agreed until all is; a neutral third where a protocol needs one."""
    form: Raw = talks(*parties, months=MONTHS, protocol=protocol)
    if protocol in ("single_text", "shuttle"):
        parties = {**parties, "go-between": {}}
        form["seats"] = form["seats"] | {"go-between": {"role": "mediator", "interested": False}}
    if protocol == "baskets":
        first, *others = issues
        form["baskets"] = {"first": {"issues": [first]}, "others": {"issues": others}}
    rules = {"rules": {"single_undertaking": True, "foreseen_consent": True}}
    return world(issues, parties, {"all": form}, behaviour={**PLAIN, **FAIR, **rules, **behaviour})


def random_table(seed: int, protocol: str) -> Raw:
    """Two to four parties and two or three issues of four options; what is open costs them more or less."""
    rng = np.random.default_rng(seed)
    names = [f"o{k}" for k in range(4)]
    issues = {f"i{i}": issue(*names, settles="" if i == 1 else "o3") for i in range(2 + seed % 2)}
    for form in issues.values():
        if form["level"] == "core":
            form["options"] |= {name: {"settles": True} for name in names[1:]}
    issues["i0"]["ends_price"] = True
    parties = {
        f"p{p}": party(
            {key: rng.uniform(0.1, 1.0) for key in issues},
            {key: worth(**{name: rng.uniform() for name in names}) for key in issues},
            price_of_no_settlement={"now": rng.uniform(-0.6, 0.0), "drift": rng.uniform(-0.02, 0.0)},
            patience=rng.uniform(0.9, 0.999),
        )
        for p in range((3 if protocol == "open_rule" else 2) + seed % 2)
    }
    return table(issues, parties, protocol)


def has_fair_deal(t: Tables) -> bool:
    """Whether a deal that settles the core leaves each at the table `SLACK` more than its claim in the last month."""
    deals = np.array([deal for deal in product(*(range(n) for n in t.n_options)) if settled(t, deal)])
    seats, place = np.flatnonzero(t.seated[0] == PRINCIPAL), np.arange(len(t.n_options))
    relief = t.ending[place, deals].sum(axis=1) - t.ending[place, t.status_quo].sum()
    gains = []
    for p in seats:
        value = t.contribution[0, p]
        price = t.price[0, p] + t.drift[0, p] * (MONTHS - 1)
        gains.append(value[place, deals].sum(axis=1) - value[place, t.status_quo].sum() - price * relief)
    gain = np.array(gains)
    for_all = (gain >= 0.0).all(axis=0)
    if not for_all.any():
        return False
    months = t.next_chance[0]
    hoped = t.patience[0, seats] ** months * gain[:, for_all].max(axis=1) / len(seats)
    claim = np.maximum(0.0, hoped + t.drift[0, seats] * months)
    return bool((gain >= claim[:, None] + SLACK).all(axis=0).any())


def settled(t: Tables, deal: tuple[int, ...]) -> bool:
    """Whether all that a single undertaking has of the core stands at settling options."""
    return all(t.settles[i, deal[t.issue_composite[i]]] for i in np.flatnonzero(t.undertaken[0]))


def check_agreement(t: Tables, runs: Runs) -> list[str]:
    """Violations: runs without a text where a fair deal exists."""
    failed = ~runs.agreed.astype(bool)
    return [f"run {row}: {EndReason(runs.reason[row]).name}" for row in np.flatnonzero(failed & has_fair_deal(t))]


@every_protocol
def test_everybody_signs_where_a_deal_is_worth_its_claim_to_all(protocol: str) -> None:
    found, n_fair = [], 0
    for seed in range(30):
        encoder = encode(random_table(seed, protocol))
        tables = encoder.tables(0, 1)
        n_fair += has_fair_deal(tables)
        found += [f"world {seed}, {line}" for line in check_agreement(tables, play(encoder, n_draws=1))]
    assert found == []
    assert n_fair >= 20


def test_optimism_that_is_not_told_of_is_noticed() -> None:
    """Break the rule: everybody expects half more than its even share."""
    found: list[str] = []
    for seed in range(6):
        encoder = encode(random_table(seed, "alternating_offers"))
        runs = play_changed(encoder, lambda t: t._replace(optimism=t.optimism + 0.5), n_draws=1)
        found += check_agreement(encoder.tables(0, 1), runs)
    assert found


# --- claims that exclude each other ---------------------------------------------------------------------------------


def pie(n: int, protocol: str, even: float) -> Raw:
    """One thing to be had by one of `n`, which leaves the others next to nothing, or to be shared at `even` each."""
    takers = [f"p{p}" for p in range(n)]
    issues = {"pie": issue("whole", *takers, "shared", settles="shared"), "salt": issue("none", "some")}
    issues["pie"]["options"] |= {taker: {"settles": True} for taker in takers}
    parties = {
        taker: party(
            {"pie": 1.0, "salt": 0.01},
            {
                "pie": worth(whole=0, shared=even, **{other: float(other == taker) or 0.05 for other in takers}),
                "salt": worth(none=0, some=0),
            },
            patience=1.0,
        )
        for taker in takers
    }
    return table(issues, parties, protocol)


@every_protocol
@pytest.mark.parametrize("n", [2, 3])
def test_nobody_signs_where_claims_exclude_each_other(protocol: str, n: int) -> None:
    """Exclude by their size: half of the hope where half cannot be had by all, by more than anybody errs."""
    apart = play(encode(pie(n, protocol, 1 / n - 0.15)), n_draws=8)
    assert not apart.agreed.any()
    assert {EndReason(reason) for reason in apart.reason.tolist()} == {EndReason.CLAIMS}
    assert play(encode(pie(n, protocol, 1 / n + SLACK)), n_draws=8).agreed.all()


@every_protocol
def test_without_claims_the_same_is_shared(protocol: str) -> None:
    encoder = encode(pie(2, protocol, 0.35))
    assert play_changed(encoder, lambda t: t._replace(optimism=np.full_like(t.optimism, -1.0)), n_draws=4).agreed.all()
