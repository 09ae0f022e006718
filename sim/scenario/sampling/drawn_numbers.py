"""The uncertain numbers of one block of draws, per world (draw and regime)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from sim.scenario.sampling.distributions import Streams, Uniforms, quantile
from sim.scenario.schema.numbers import Number
from sim.scenario.schema.priors import limits_of
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written import Shift
from sim.types.arrays import Floats

ZERO = np.zeros(())


def stream_name(path: str, scenario: ResolvedScenario) -> str:
    """The name of a number's stream: its path, with a party's id replaced by its bloc's.

    So the members of a bloc draw equal numbers where their distributions are equal, and a party split in two identical
    seats stays one mind. Numbers that are drawn together have the stream of their common word.
    """
    number = scenario.numbers.get(path)
    if number is not None and number.together is not None:
        return f"together.{number.together}"
    head, _, rest = path.partition(".")
    if head != "parties":
        return path
    party, _, tail = rest.partition(".")
    return f"parties.{scenario.parties[party].bloc}.{tail}"


def lot_of(party: str) -> str:
    """Path of the uniform by which a party is drawn into contact groups; its stream is that of the bloc."""
    return f"parties.{party}.lot"


def lot_streams(scenario: ResolvedScenario) -> tuple[str, ...]:
    """Streams of the lots of all contact groups of a scenario."""
    grouped = [talks.seats for talks in scenario.formats.values() if talks.contact_group is not None]
    lots = [lot_of(party) for seats in grouped for party, seat in seats.items() if seat.role == "principal"]
    return tuple(dict.fromkeys(stream_name(path, scenario) for path in lots))


@dataclass(frozen=True)
class Drawn:
    """Values of numbers in draws `first_draw` to `first_draw + n_draws - 1`, for every regime."""

    scenario: ResolvedScenario
    seed: int
    first_draw: int
    n_draws: int
    streams: Uniforms | None = None
    """Where the uniforms come from; by default the streams of the seed."""
    _streams: Uniforms = field(init=False, repr=False)

    def __post_init__(self) -> None:
        own = self.streams or Streams(self.seed, first_draw=self.first_draw, n_draws=self.n_draws)
        object.__setattr__(self, "_streams", own)

    @property
    def n_worlds(self) -> int:
        """W = D * (1 + shocks)."""
        return self.n_draws * (1 + len(self.scenario.shocks))

    def uniforms(self, path: str) -> Floats:
        """[D] the uniforms of a stream."""
        return self._streams.uniforms(stream_name(path, self.scenario))

    def per_draw(self, path: str, number: Number) -> Floats:
        """[D] values, or [] (no axis) for a constant."""
        if number.kind == "value":
            return np.asarray(number.form, dtype=np.float64)
        return quantile(number, self.uniforms(path))

    def value(self, path: str) -> Floats:
        """[W] values after the shifts of each regime, or [] (no axis) where all worlds are alike."""
        base = self.per_draw(path, self.scenario.numbers[path])
        shifts = self.scenario.shifts.get(path)
        if shifts is None:
            return base if base.ndim == 0 else self.spread(base)
        regimes = np.empty((self.n_draws, 1 + len(shifts)))
        regimes[:, 0] = base
        for column, shift in enumerate(shifts, start=1):
            regimes[:, column] = base if shift is None else _shifted(base, shift, path)
        return regimes.reshape(-1)

    def get(self, path: str) -> Floats:
        """Like `value`, but 0 for a number that the file does not give."""
        return self.value(path) if path in self.scenario.numbers else ZERO

    def spread(self, per_draw: Floats) -> Floats:
        """[W] from [D]: the same in all regimes."""
        return np.repeat(per_draw, 1 + len(self.scenario.shocks))


def _shifted(base: Floats, shift: Shift, path: str) -> Floats:
    """A number after a shock, kept inside its range."""
    if shift.to is not None:
        moved = np.full_like(base, shift.to)
    elif shift.times is not None:
        moved = base * shift.times
    else:
        moved = base + (shift.add or 0.0)
    low, high = limits_of(tuple(path.split("."))).clip
    return np.clip(moved, low, high) if low > -math.inf or high < math.inf else moved
