"""A source that stands before another: other arrays, and nothing else of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.scenario import Encoder, load_raw
from sim.scenario.sampling.source import Source, Wrapped
from sim.types.tables import Tables
from tests.scenario.tiny import tiny


@dataclass(frozen=True)
class Doubled(Wrapped):
    """The price of no settlement counts twice."""

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        plain = self.source.tables(first_draw, n_draws)
        return plain._replace(price=2 * plain.price)


def prices(source: Source) -> np.ndarray:
    return source.tables(3, 4).price


def test_what_stands_before_a_source_changes_arrays_and_keeps_the_rest():
    encoder = Encoder(load_raw(tiny(parties__a__price_of_no_settlement__now=-0.25)), seed=5)
    twice = Doubled(Doubled(encoder))
    assert (twice.seed, twice.structure, twice.resolved) == (5, encoder.structure, encoder.resolved)
    assert prices(encoder).any()
    np.testing.assert_array_equal(prices(twice), 4 * prices(encoder))
