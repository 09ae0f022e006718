"""A party in two seats: arrays as of a file that has the party twice, beliefs and levers with both seats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.analysis.experiments.clones import SplitParty, split_structure, split_tables
from sim.scenario import Encoder, load_raw, load_scenario

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def village() -> Encoder:
    return Encoder(load_scenario(ROOT / "scenarios" / "minimal.yaml"), seed=3)


def test_split_arrays_equal_those_of_a_file_with_two_seats_of_one_bloc():
    """Tables made by doubling a party agree with the encoder's own for a file that has the party twice."""
    raw = yaml.safe_load((ROOT / "scenarios" / "minimal.yaml").read_text(encoding="utf-8"))
    party = list(raw["parties"])[-1]
    twin = f"{party}-2"
    for one in raw["parties"].values():
        for key in ("leverage", "support", "beliefs"):
            one.pop(key, None)
    for one in raw["formats"].values():
        one["seats"] = {k: v for seat, v in one["seats"].items() for k in ([seat, twin] if seat == party else [seat])}
    raw.pop("overrides", None)
    raw.pop("scenarios", None)
    single = {
        **raw,
        "formats": {
            k: {**f, "seats": {s: v for s, v in f["seats"].items() if s != twin}} for k, f in raw["formats"].items()
        },
    }
    double = {**raw, "parties": {**raw["parties"], twin: {**raw["parties"][party], "bloc": party}}}
    encoder = Encoder(load_raw(single), seed=3)
    index = list(raw["parties"]).index(party)
    made = split_tables(encoder.tables(0, 5), index)
    meant = Encoder(load_raw(double), seed=3).tables(0, 5)
    for name in made._fields:
        found, expected = getattr(made, name), getattr(meant, name)
        if name == "turn":
            expected = expected[:, : found.shape[1]]
            found = found[:, : expected.shape[1]]
        assert found.shape == expected.shape, name
        assert np.array_equal(found, expected), name


def test_split_keeps_beliefs_and_levers_with_both_seats():
    encoder = Encoder(load_scenario(ROOT / "scenarios" / "ukraine" / "anchorage-2025.yaml"), seed=1)
    old = encoder.tables(0, 2)
    n = len(old.bloc)
    for party in range(n):
        made = split_tables(old, party)
        source = [q for q in range(n) for _ in range(2 if q == party else 1)]
        for a in range(n + 1):
            for b in range(n + 1):
                mine, theirs = made.view_row[a, b], old.view_row[source[a], source[b]]
                assert np.array_equal(made.contribution[:, mine], old.contribution[:, theirs])
                assert np.array_equal(made.leverage[:, a, b], old.leverage[:, source[a], source[b]])
        assert made.bloc[party + 1] == made.bloc[party]
        spent = {(source[p], source[q]) for p, q in zip(made.spent_patron, made.spent_target, strict=True)}
        assert spent == set(zip(old.spent_patron.tolist(), old.spent_target.tolist(), strict=True))
        assert not made.contribution.flags.writeable


def test_split_seats_speak_one_after_the_other(village: Encoder):
    names = split_structure(village.structure, 0)
    assert names.parties[1].id == f"{village.structure.parties[0].id}-2"
    for before, after in zip(village.structure.formats, names.formats, strict=True):
        assert len(after.seats) == len(before.seats) + (0 in before.seats)
    assert SplitParty(village, 0).tables(0, 1).turn.shape[1] == village.tables(0, 1).turn.shape[1] + 1
