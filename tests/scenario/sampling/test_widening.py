"""Numbers that a file assumes without a spread, and the default one."""

from __future__ import annotations

import pytest

from sim.scenario import Encoder, load_raw
from sim.scenario.sampling.unknowns import unknowns
from sim.scenario.sampling.widening import spreads, widened
from tests.scenario.tiny import tiny

SETS = (
    "parties.a.red_lines={l: {issue: peace, options: truce, firmness: 1}}",
    "parties.b.standing={land: {ceded: 0.9}}",
    "parties.a.price_of_no_settlement={now: -0.2, drift: 0}",
    "parties.a.patience=0.9",
    "shocks={s: {hazard: 0.02, set: {parties.a.outside_option: {to: 0.1}}}}",
)


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("parties.a.red_lines.l.firmness", (0.75, 1.0)),
        ("parties.b.standing.land.ceded", (0.65, 1.0)),
        ("parties.a.price_of_no_settlement.now", (-0.3, -0.1)),
        ("parties.a.salience.peace", (1.5, 4.5)),
        ("parties.a.values.peace.options.truce", (0.15, 0.65)),
        ("parties.a.values.land.ideal", (75.0, 125.0)),
        ("parties.a.patience", (0.85, 0.95)),
        ("shocks.s.hazard", (0.01, 0.03)),
    ],
)
def test_the_default_spread(path: str, ends: tuple[float, float]) -> None:
    resolved = load_raw(tiny(), sets=SETS)
    assert spreads(resolved)[path] == pytest.approx(ends)
    number = widened(resolved).numbers[path]
    assert (number.kind, number.basis) == ("uniform", "assumed")
    assert number.form == pytest.approx(ends)


def test_what_is_grounded_uncertain_by_default_or_idle_stays() -> None:
    kept = (
        "parties.a.price_of_no_settlement.drift",  # 0, no share
        "parties.b.patience",  # a default
        "parties.a.salience.land",
        "parties.b.salience.land",
        "parties.b.meeting_value",
        "behaviour.trust_premium",
    )
    sets = (
        *SETS,
        "references={C1: {title: A document}}",
        "parties.a.salience.land={value: 1, basis: stated, sources: [C1]}",
        "parties.b.salience.land={uniform: [1, 2]}",
        "behaviour.trust_premium=0.1",
    )
    resolved = load_raw(tiny(), sets=sets)
    assert not set(kept) & set(spreads(resolved))
    after = widened(resolved)
    assert {path for path in resolved.numbers if resolved.numbers[path] != after.numbers[path]} == set(
        spreads(resolved)
    )
    assert spreads(after) == {}


def test_best_and_worst_of_option_values_are_a_convention() -> None:
    resolved = load_raw(tiny(), sets=["parties.a.values.peace={options: {war: 0, truce: 0.4, treaty: 1}}"])
    assert [path for path in spreads(resolved) if ".a.values.peace" in path] == ["parties.a.values.peace.options.truce"]


def test_a_bare_number_is_no_unknown_and_a_widened_one_is() -> None:
    resolved = load_raw(tiny(), sets=SETS)
    path = "parties.a.red_lines.l.firmness"
    before, after = ({u.path for u in unknowns(Encoder(each, seed=1))} for each in (resolved, widened(resolved)))
    assert path not in before
    assert path in after
