"""A scenario's numbers drawn otherwise: some taken from a second, independent set, or one held where it is asked for.

Everything else of a draw stays what it is, chance inside the talks too, so runs differ by the switch alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.scenario.sampling.distributions import Floats, Streams, Uniforms
from sim.scenario.sampling.encode import Encoder
from sim.scenario.sampling.source import Wrapped
from sim.types.arrays import Ints
from sim.types.tables import Tables

SECOND = "second set: "
"""Put before a stream's name, this names the independent stream from which the number is taken when switched."""

Switch = Callable[[Streams], Uniforms]


@dataclass(frozen=True)
class Switched(Wrapped):
    """An encoder whose uniforms pass through a switch."""

    source: Encoder
    switch: Switch

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws."""
        plain = Streams(self.seed, first_draw=first_draw, n_draws=n_draws)
        return self.source.tables(first_draw, n_draws, streams=self.switch(plain))

    def blank(self) -> Tables:
        """Arrays of one draw that have the sizes."""
        return self.source.blank()


@dataclass(frozen=True)
class Scattered(Wrapped):
    """Some draws of an encoder that need not follow one another; their uniforms pass through a switch."""

    source: Encoder
    switch: Callable[[Uniforms], Uniforms]
    draws: Ints
    """[D] their numbers."""

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of them, counted from 0."""
        streams = picked(self.seed, self.draws[first_draw : first_draw + n_draws])
        return self.source.tables(first_draw, n_draws, streams=self.switch(streams))


@dataclass(frozen=True)
class Stations(Wrapped):
    """Draws at stations of their walks; the same draw may stand at several."""

    source: Encoder
    walk: Walk
    draws: Ints
    """[D] their numbers."""
    taken: Ints
    """[D] steps taken."""

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of them, counted from 0."""
        block = slice(first_draw, first_draw + n_draws)
        streams = self.walk.after(self.taken[block], picked(self.seed, self.draws[block]))
        return self.source.tables(first_draw, n_draws, streams=streams)


def picked(seed: int, draws: Ints) -> Uniforms:
    """The uniforms of draws of these numbers [D], at least one."""
    first = int(draws.min())
    streams = Streams(seed, first_draw=first, n_draws=int(draws.max()) + 1 - first)
    return Mixed(streams, lambda _, u: u[draws - first])


@dataclass(frozen=True)
class Hold:
    """One stream stands at `u` in every draw."""

    stream: str
    u: float

    def __call__(self, streams: Uniforms) -> Uniforms:
        """The streams with the one held."""
        return Mixed(streams, lambda path, u: np.full_like(u, self.u) if path == self.stream else u)


@dataclass(frozen=True)
class Walk:
    """A walk from the first set of numbers to the second, which switches group after group.

    Every draw has an order of its own, equally likely among all (`ranks`).
    """

    name: str  # walks of another name have other orders
    groups: tuple[str, ...]
    members: Mapping[str, int]  # stream -> position of its group

    def after(self, taken: Ints | int, streams: Uniforms) -> Uniforms:
        """The streams, for each draw of the first or of the second set, after so many steps [D] or the same in all."""
        if not self.groups:
            return streams
        switched = ranks(streams, self.name, self.groups) < np.reshape(taken, (-1, 1))

        def mixed(path: str, first: Floats) -> Floats:
            if path not in self.members or not (chosen := switched[:, self.members[path]]).any():
                return first
            return np.where(chosen, streams.uniforms(SECOND + path), first)

        return Mixed(streams, mixed)


@dataclass(frozen=True)
class Mixed:
    """Streams of which some are changed: by name and the uniforms [D] that they have, those that they get."""

    streams: Uniforms
    changed: Callable[[str, Floats], Floats]

    def uniforms(self, path: str) -> Floats:
        """[D] in the open interval (0, 1), by the name of a stream."""
        return self.changed(path, self.streams.uniforms(path))


def ranks(streams: Uniforms, walk: str, groups: Sequence[str]) -> Ints:
    """[D, G] at which step of a walk, from 0, each of at least one group is switched.

    A random order a draw, from streams of its own.
    """
    keys = np.stack([streams.uniforms(f"order of {walk}: {group}") for group in groups], axis=1)
    return np.argsort(np.argsort(keys, axis=1, kind="stable"), axis=1, kind="stable")
