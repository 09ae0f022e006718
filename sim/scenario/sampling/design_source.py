"""The points of a design as draws: row i of the arrays is draw i % D of point i // D, its steered numbers moved.

A point plays the draws of the seed that it is given, so points of one seed share every number that is not steered: it
is drawn once for each seed and gathered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.scenario.sampling.distributions import Drawn, Streams
from sim.scenario.sampling.encode import Encoder
from sim.scenario.sampling.source import Wrapped
from sim.scenario.sampling.steering import Steering, column
from sim.types.arrays import Floats, Ints, Keys
from sim.types.tables import Tables


@dataclass(frozen=True)
class DesignSource(Wrapped):
    """An encoder whose rows are the draws of B points, one point after another. Letters: K steerings, D draws."""

    source: Encoder
    steerings: tuple[Steering, ...]
    levels: Floats
    """[B, K] level of each steering; those of one number act one after another, the last as if alone."""
    seeds: Keys
    """[B] whose draws each point plays."""
    first_draw: int
    n_draws: int
    """D draws of each point, from `first_draw` on."""

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of rows, counted from 0."""
        row = np.arange(first_draw, first_draw + n_draws)
        points = slice(row[0] // self.n_draws, row[-1] // self.n_draws + 1)
        seeds, which = np.unique(self.seeds[points], return_inverse=True)
        point, draw = row // self.n_draws - points.start, row % self.n_draws
        streams = Streams(*seeds.tolist(), first_draw=self.first_draw, n_draws=self.n_draws)
        drawn = Drawn(self.resolved, n_draws, streams, rows=which[point] * self.n_draws + draw)
        return self.source.filled(self._steered(drawn, self.levels[points], point))

    def _steered(self, drawn: Drawn, levels: Floats, point: Ints) -> Drawn:
        for steering, level in zip(self.steerings, levels.T, strict=True):
            for path in steering.targets:
                number = self.resolved.numbers[path]
                moved = column(number, steering.kind, level[point], partial(drawn.uniforms, path))
                drawn.columns[path] = moved
        return drawn

    def blank(self) -> Tables:
        """As the encoder's: sizes and all that is the same in every draw."""
        return self.source.blank()
