"""How many runs are played, and who is told about them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple, Protocol, SupportsIndex

from sim.types.arrays import Ints, Keys
from sim.types.marks import HIDDEN
from sim.types.outcomes import Runs

Setting = str | int | float | bool | Sequence[str] | None
"""Of a request, as given: a name, a number, several of them, or nothing."""


_SEEDS = 2**64


def whole(name: str, value: SupportsIndex) -> int:
    """A whole number, of whichever type.

    Raises:
        TypeError: it is none.
    """
    try:
        return int(operator.index(value))
    except TypeError:
        raise TypeError(f"{name}: a whole number, not {value!r}") from None


@dataclass(frozen=True)
class Size:
    """How many runs: draws of the uncertain numbers, and runs of chance for each draw and format."""

    draws: int
    replications: int
    seed: int = 1
    threads: Annotated[int | None, HIDDEN] = None
    """Default all processors; results do not depend on it."""

    def __post_init__(self) -> None:
        """Whole numbers of any kind become int.

        Raises:
            TypeError: one is not whole.
            ValueError: no threads, or a seed that another stands for.
        """
        for name, value in vars(self).items():
            if value is not None:
                object.__setattr__(self, name, whole(name, value))
        if self.threads is not None and self.threads < 1:
            raise ValueError(f"threads: at least 1, or None for all processors, not {self.threads}")
        if not 0 <= self.seed < _SEEDS:
            raise ValueError(f"seed: a whole number from 0 and under 2**64, not {self.seed}")

    @property
    def runs(self) -> int:
        """Runs of each format."""
        return self.draws * self.replications


class Luck(NamedTuple):
    """Which chance each of D draws of a source has, where these are not the draws of one seed from the first on."""

    seeds: Keys
    """[D]"""
    draws: Ints
    """[D] numbers of the draws under these seeds."""
    first_replication: int = 0
    """Number of the first run of each draw and format."""

    def of(self, first: int, count: int) -> Luck:
        """That of `count` of the draws from position `first` on."""
        end = first + count
        return Luck(self.seeds[first:end], self.draws[first:end], self.first_replication)


class Collector(Protocol):
    """Takes what it needs of blocks of runs."""

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take the next block: whole draws from `first_draw` on, rows in the order draw, format, replication."""


class Progress(Protocol):
    """Is told what is being done and how many runs are finished."""

    def expect(self, runs: int) -> None:
        """Take note of how many runs there will be in all."""

    def say(self, label: str) -> None:
        """Name what is being done now, in a few words."""

    def add(self, runs: int) -> None:
        """Count runs that are finished.

        Raises:
            Stopped: whoever watches has had enough. All collectors hold the same whole draws then.
        """


class Stopped(Exception):  # noqa: N818 - nothing is wrong
    """Enough: what is there is kept."""


class Silence(Progress):
    """Progress that nobody watches."""


SILENCE = Silence()
