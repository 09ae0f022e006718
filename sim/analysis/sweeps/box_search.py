"""The box of a sweep in which something happens: the patient rule induction method, which ends in a sentence.

From the box of all points, the slice of one factor (the share `alpha` at either end of its values, or one category)
whose loss leaves the highest density of points of interest is peeled off, again and again; then slices are pasted back
where that raises the density (Friedman & Fisher 1999, Statistics and Computing 9). The boxes on the way are the
trajectory: coverage (the share of all interest that is inside) falls as density rises, and one box is chosen from it
(Bryant & Lempert 2010, Technological Forecasting & Social Change 77).

A box is found even in noise. So the search is repeated on resamples of the points, and what those boxes hold of the
points that were *not* in their sample says what a box found this way is worth on new points.

Shape letters: N points, K factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from numpy.typing import NDArray

from sim.analysis.statistics.intervals import Estimate
from sim.types.arrays import Floats, Mask
from sim.types.marks import HIDDEN
from sim.types.message import Message


@dataclass(frozen=True)
class Restriction:
    """What a box asks of one factor."""

    factor: str
    low: float | None
    """The factor is above it; None where the box reaches the lowest point, and for categories."""
    high: float | None
    """The factor is below it."""
    categories: tuple[str, ...] | None
    """Those inside; None for a number."""
    quasi_p: float
    """Chance that points drawn at random, as many as the restriction leaves of the box without it, are as dense
    (one-sided binomial test; Bryant & Lempert 2010). The box was chosen by looking, so it is no p-value."""
    kept: float
    """Share of the resamples whose box restricts this factor, too, on the same side."""


@dataclass(frozen=True)
class Box:
    """A box on the trajectory."""

    coverage: float
    """Share of all interest that is inside."""
    density: float
    """Mean interest inside."""
    mass: float
    """Share of all points that are inside."""
    factors: tuple[str, ...]
    """Those that it restricts."""


@dataclass(frozen=True)
class BoxSearch:
    """Boxes of interest, and the one chosen."""

    points: int
    interest: float
    """Mean over all points."""
    trajectory: tuple[Box, ...]
    """From all points to the smallest box."""
    chosen: int | None
    """Position in the trajectory; None where no box is better than chance."""
    restrictions: tuple[Restriction, ...]
    """Of the chosen box."""
    inside: Mask
    """[N] the points in the chosen box; all where there is none."""
    held_out_density: Estimate
    """Of boxes found on resamples, among the points that were not in them."""
    held_out_coverage: Estimate
    resamples: int
    said: Annotated[tuple[Message, ...], HIDDEN]

    COMPUTED: ClassVar = ("sentence",)

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))


def box_search(
    inputs: Mapping[str, Sequence[Any] | NDArray[Any]],
    interest: Floats | Mask,
    what: Message | str,
    *,
    alpha: float = 0.05,
    least_mass: float = 0.05,
    resamples: int = 10,
    seed: int = 1,
) -> BoxSearch:
    """The box of the inputs, each [N] numbers or words, that holds most of the interest [N], from 0 to 1.

    `what` is the clause that the interest stands for, as in "the bilateral leads". A point's interest is 1 where that
    is so and 0 where not; what lies between (the share of runs in which it is) counts in part.

    Raises:
        ValueError: interest outside 0 to 1, inputs of other lengths, no points.
    """
    raise NotImplementedError
