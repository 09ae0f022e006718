"""Chance: the published vector, shapes of the distributions, independence of addresses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.rules import chance
from sim.rules.chance import (
    ERROR,
    HOME,
    NOBODY,
    OBSTRUCT,
    START,
    WALK,
    bits,
    logistic,
    mix64,
    normal,
    run_key,
    slot,
    uniform,
)

# Output of the reference SplitMix64 (Vigna's splitmix64.c) for seed 1234567.
PUBLISHED = [
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
]
N = 20_000
ONE, TWO = np.uint64(0x1234), np.uint64(0x9876543210)


def key(run: int) -> np.uint64:
    return np.uint64(run_key(7, run, 0))


def sample(purpose: int, *, time: int = 0, speaker: np.uint64 = ONE, listener: np.uint64 = ONE) -> np.ndarray:
    """One uniform per run at one address."""
    address = np.uint64(slot(purpose, time, speaker, listener))
    return np.array([uniform(key(run), address) for run in range(N)])


def along(kind: str) -> np.ndarray:
    """Uniforms of one run at N addresses that differ in one part."""

    def address(k: int) -> np.uint64:
        parts = {
            "round": (WALK, k, ONE, ONE),
            "speaker": (ERROR, 0, np.uint64(k), ONE),
            "listener": (ERROR, 0, ONE, np.uint64(k)),
        }[kind]
        return np.uint64(slot(*parts))

    return np.array([uniform(key(3), address(k)) for k in range(N)])


def test_the_published_vector() -> None:
    assert [int(bits(np.uint64(1234567), np.uint64(k))) for k in range(5)] == PUBLISHED


def test_a_wrong_constant_is_noticed() -> None:
    """The reference in plain Python, with the right constants and with one digit off."""

    def stream(seed: int, multiplier: int) -> list[int]:
        out = []
        for k in range(1, 6):
            z = (seed + k * 0x9E3779B97F4A7C15) % 2**64
            z = (z ^ (z >> 30)) * multiplier % 2**64
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
            out.append(z ^ (z >> 31))
        return out

    assert stream(1234567, 0xBF58476D1CE4E5B9) == PUBLISHED
    assert stream(1234567, 0xBF58476D1CE4E5BB) != PUBLISHED


def test_mixing_is_a_bijection_on_a_sample_and_flips_half_the_bits() -> None:
    values = np.random.default_rng(1).integers(0, 2**64, 2000, dtype=np.uint64)
    mixed = np.array([mix64(value) for value in values], dtype=np.uint64)
    assert len(np.unique(mixed)) == len(np.unique(values))
    flipped = np.array([mix64(value ^ np.uint64(1)) for value in values], dtype=np.uint64) ^ mixed
    ones = np.unpackbits(flipped.view(np.uint8)).sum() / len(values)
    assert ones == pytest.approx(32.0, abs=0.5)


@pytest.mark.parametrize("purpose", [START, ERROR, OBSTRUCT, HOME, WALK])
def test_uniform_over_runs(purpose: int) -> None:
    found = sample(purpose)
    assert found.min() > 0.0
    assert found.max() < 1.0
    assert stats.kstest(found, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("kind", ["round", "speaker", "listener"])
def test_uniform_and_uncorrelated_along_addresses(kind: str) -> None:
    found = along(kind)
    assert stats.kstest(found, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(found[:-1], found[1:])[0, 1]) < 4.0 / math.sqrt(N)


@pytest.mark.parametrize(
    "other",
    [
        {"purpose": HOME},
        {"purpose": ERROR, "time": 1},
        {"purpose": ERROR, "speaker": TWO},
        {"purpose": ERROR, "listener": TWO},
        {"purpose": ERROR, "speaker": TWO, "listener": TWO},
    ],
    ids=["purpose", "round", "speaker", "listener", "both parties"],
)
def test_addresses_are_independent(other: dict) -> None:
    one, two = sample(ERROR), sample(**other)
    assert abs(np.corrcoef(one, two)[0, 1]) < 4.0 / math.sqrt(N)
    cells = np.histogram2d(one, two, bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > 1e-4


def test_speaker_and_listener_do_not_swap_or_cancel() -> None:
    assert slot(ERROR, 0, ONE, TWO) != slot(ERROR, 0, TWO, ONE)
    addresses = {
        int(slot(purpose, time, np.uint64(a), np.uint64(b)))
        for purpose in range(1, 8)
        for time in range(12)
        for a in range(6)
        for b in range(6)
    }
    assert len(addresses) == 7 * 12 * 6 * 6


def test_runs_have_streams_of_their_own() -> None:
    keys = {int(run_key(seed, draw, k)) for seed in range(5) for draw in range(40) for k in range(8)}
    assert len(keys) == 5 * 40 * 8
    address = np.uint64(slot(ERROR, 0, ONE, ONE))
    by_replication = np.array([[uniform(np.uint64(run_key(1, d, k)), address) for k in (0, 1)] for d in range(N // 4)])
    assert abs(np.corrcoef(by_replication.T)[0, 1]) < 4.0 / math.sqrt(N // 4)


def test_logistic_moments_and_the_threshold_rule() -> None:
    address = np.uint64(slot(ERROR, 0, ONE, ONE))
    found = np.array([logistic(key(run), address, 10.0) for run in range(N)])
    sd = math.pi / math.sqrt(3.0) / 10.0
    assert found.mean() == pytest.approx(0.0, abs=4 * sd / math.sqrt(N))
    assert found.std() == pytest.approx(sd, rel=0.03)
    assert stats.kstest(found, stats.logistic(scale=0.1).cdf).pvalue > 1e-4
    assert logistic(key(1), address, math.inf) == 0.0


def test_normal_moments() -> None:
    address = np.uint64(slot(WALK, 1, ONE, ONE))
    found = np.array([normal(key(run), address) for run in range(N)])
    assert found.mean() == pytest.approx(0.0, abs=4 / math.sqrt(N))
    assert found.std() == pytest.approx(1.0, rel=0.02)
    assert stats.skew(found) == pytest.approx(0.0, abs=0.07)
    assert stats.kurtosis(found) == pytest.approx(0.0, abs=0.14)
    assert stats.kstest(found, "norm").pvalue > 1e-4


def test_purposes_are_distinct() -> None:
    names = ("START", "ERROR", "FRESH", "OBSTRUCT", "HOME", "WALK", "SHOCK")
    assert len({getattr(chance, name) for name in names}) == len(names)
    assert int(NOBODY) == 0
