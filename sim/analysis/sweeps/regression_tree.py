"""One small regression tree over the points of a sweep: which factor splits the answer first, and where.

Least squares (Breiman, Friedman, Olshen & Stone 1984), at most three splits deep, pruned by cost and complexity; the
cost of a leaf is the one whose trees predict left-out points best, by cross-validation with the rule of one standard
error. Where no split predicts better than the mean of all points there is no tree, and it says so.

Shape letters: N points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from numpy.typing import NDArray

from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN
from sim.types.message import Message


@dataclass(frozen=True)
class TreeSplit:
    """A question at a node that is no leaf."""

    factor: str
    below: float | None
    """Points with a lower level go to the left; None for categories."""
    categories: tuple[str, ...]
    """Points with one of these go to the left."""


@dataclass(frozen=True)
class TreeNode:
    """A node of the tree; the root comes first."""

    split: TreeSplit | None
    """None for a leaf."""
    left: int
    """Positions of its two children; -1 for a leaf."""
    right: int
    value: float
    """Mean answer of its points."""
    spread: float
    """Standard deviation of the answer over its points."""
    points: int


@dataclass(frozen=True)
class RegressionTree:
    """A tree, pruned."""

    nodes: tuple[TreeNode, ...]
    explained: float
    """Share of the variance over points that the tree explains."""
    predicted: float
    """That of points left out in cross-validation; at or below 0 where there is no tree."""
    leaf: Ints
    """[N] position of the node in which each point ends."""
    said: Annotated[tuple[Message, ...], HIDDEN]
    """One sentence a leaf, highest answer first."""

    COMPUTED: ClassVar = ("sentence",)

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))


def regression_tree(
    inputs: Mapping[str, Sequence[Any] | NDArray[Any]],
    y: Floats,
    measure: Message | str,
    *,
    depth: int = 3,
    least: int = 20,
    folds: int = 10,
    seed: int = 1,
) -> RegressionTree:
    """The tree of an answer [N] over inputs, each [N] numbers or words; `measure` is its name, for the sentences.

    Leaves have at least `least` points; `seed` is of the Philox stream that deals points to the folds. Points whose
    answer is NaN are left out (their `leaf` is -1).

    Raises:
        ValueError: inputs of other lengths, no points.
    """
    raise NotImplementedError
