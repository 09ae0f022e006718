"""The fixed design of behavioural constants."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.analysis.comparison.constant_design import LEVELS, N_SETS, Designed, constant_sets
from sim.scenario import Encoder, load_scenario
from sim.scenario.schema.priors import TRACK_CONSTANTS, shared_behaviour

ONLY_IN_VARIANTS = {"trust_at_signing", "commitment_premium", "line_price"}

FILE = Path(__file__).resolve().parents[3] / "scenarios" / "minimal.yaml"


def test_every_constant_of_the_shared_file_is_in_the_design_unless_only_a_variant_makes_it_uncertain():
    constants = shared_behaviour().constants
    assert set(LEVELS) == set(constants) - ONLY_IN_VARIANTS
    assert all(constants[name].prior.kind == "value" for name in ONLY_IN_VARIANTS)


def test_every_constant_visits_every_sixteenth_once_and_columns_hardly_correlate():
    table = np.array(list(LEVELS.values()))
    assert np.array_equal(np.sort(table, axis=1), np.tile(np.arange(N_SETS), (len(table), 1)))
    correlation = np.corrcoef(table) - np.eye(len(table))
    assert np.abs(correlation).max() < 0.04


def test_the_sets_are_quantiles_of_the_priors_and_can_be_loaded():
    sets = constant_sets(load_scenario(FILE))
    assert len(sets) == N_SETS
    foresight = [dict(one.sets)["behaviour.foresight"] for one in sets]
    assert np.allclose(np.sort(foresight), (np.arange(N_SETS) + 0.5) / N_SETS, atol=1e-12)  # its prior is uniform(0, 1)
    loaded = load_scenario(FILE, variant=sets[3])
    assert loaded.behaviour.foresight.value == foresight[3]
    assert all(party.behaviour.foresight.value == foresight[3] for party in loaded.parties.values())


def test_a_constant_that_is_fixed_stays_fixed():
    fixed = load_scenario(FILE, variant="foresight=0")
    assert all("behaviour.foresight" not in dict(one.sets) for one in constant_sets(fixed))


def test_constants_of_tracks_vary_only_where_there_are_tracks():
    (first, *_) = load_scenario(FILE).formats
    track = f"tracks.twice={{legs: [{first}, {first}]}}"
    with_track = {name for name, _ in constant_sets(load_scenario(FILE, sets=[track]))[0].sets}
    without = {name for name, _ in constant_sets(load_scenario(FILE))[0].sets}
    assert with_track - without == {f"behaviour.{name}" for name in TRACK_CONSTANTS}


def test_without_uncertain_constants_there_is_nothing_to_vary():
    names = ("concession_exponent", "foresight", "reciprocity", "precision", "volatility", "pressure_cap")
    names += ("concession_aversion", "optimism", "signing_cost", "next_chance")
    values = (0.5, 0.5, 0.1, 20, 0.02, 0.3, 1.5, 0.1, 0.01, 3)
    certain = load_scenario(FILE, sets=[f"behaviour.{name}={value}" for name, value in zip(names, values, strict=True)])
    assert constant_sets(certain) == ()


def test_designed_draws_carry_the_constants_of_their_set() -> None:
    resolved = load_scenario(FILE, sets=["parties.lower.behaviour.foresight=0.25"])
    designed = Designed(Encoder(resolved, seed=3))
    tables, plain = designed.tables(5, 40), Encoder(resolved, seed=3).tables(5, 40)
    sets = constant_sets(resolved)
    for row, draw in enumerate(range(5, 45)):
        values = dict(sets[draw % 16].sets)
        assert tables.precision[row] == values["behaviour.precision"]
        assert tables.exponent[row].tolist() == [values["behaviour.concession_exponent"]] * 3
        foresight = values["behaviour.foresight"]
        assert tables.foresight[row].tolist() == [foresight, 0.25, foresight]
        alone = Encoder(load_scenario(FILE, variant=sets[draw % 16]), seed=3).tables(draw, 1)
        np.testing.assert_array_equal(tables.contribution[row], alone.contribution[0])  # by its concession aversion
    np.testing.assert_array_equal(tables.barred, plain.barred)
    np.testing.assert_array_equal(tables.price, plain.price)


def test_designed_draws_leave_a_number_of_a_partys_own_alone_though_its_bloc_has_the_prior() -> None:
    own = "parties.lower.behaviour.optimism={uniform: [0.1, 0.3]}"
    resolved = load_scenario(FILE, sets=[own, "parties.lower.bloc=b", "parties.upper.bloc=b"])
    tables, plain = Designed(Encoder(resolved, seed=3)).tables(0, 20), Encoder(resolved, seed=3).tables(0, 20)
    column = list(resolved.parties).index("lower")
    np.testing.assert_array_equal(tables.optimism[:, column], plain.optimism[:, column])
    assert (tables.optimism != plain.optimism).any(axis=0).sum() == len(resolved.parties) - 1
