"""One small regression tree over the points of a sweep: which factor splits the answer first, and where.

Least squares (Breiman, Friedman, Olshen & Stone 1984), at most three splits deep, pruned by cost and complexity; the
cost of a leaf is the one whose trees predict left-out points best, by cross-validation with the rule of one standard
error. Where no split predicts better than the mean of all points there is no tree, and it says so.

Shape letters: N points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.statistics.intervals import linearised, variance_of
from sim.analysis.sweeps.factor_levels import FactorRange, Levels, coded, sampling_units, where
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import HIDDEN
from sim.types.message import Message, message

FOLDS = 10
"""Of cross-validation."""


@dataclass(frozen=True)
class TreeSplit:
    """A question at a node that is no leaf."""

    factor: str
    below: float | None
    """Points with a lower level go to the left; None for words."""
    left: tuple[str, ...]
    """Words whose points go to the left; empty for numbers."""
    right: tuple[str, ...]
    """Words whose points go to the right."""


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
    inputs: Mapping[str, Levels],
    y: Floats,
    measure: Message | str,
    *,
    groups: Ints | None = None,
    depth: int = 3,
    least: int = 20,
    seed: int = 1,
) -> RegressionTree:
    """The tree of an answer [N] over inputs, each [N] numbers or words; `measure` is its name, for the sentences.

    Leaves have at least `least` points; `seed` is of the Philox stream that deals points to the folds, those of one
    group [N] to the same: give their luck (`sampling_units`). Points whose answer is NaN are left out (`leaf` -1).

    Raises:
        ValueError: inputs of other lengths, no points.
    """
    columns, words = zip(*map(coded, inputs.values()), strict=True)
    if any(len(column) != len(y) for column in columns):
        raise ValueError(f"each input has one level for each of {len(y)} points")
    rows = np.flatnonzero(np.isfinite(y))
    nothing = _nothing_to_split(y[rows], least)
    if nothing is not None:
        leaf = np.where(np.isfinite(y), 0, -1)
        mean = float(y[rows].mean()) if len(rows) else 0.0
        return RegressionTree((TreeNode(None, -1, -1, mean, 0.0, len(rows)),), 0.0, 0.0, leaf, (nothing,))
    growth = _Growth(tuple(inputs), np.stack(columns, axis=1), tuple(words), y, least)
    pruned, predicted = _pruned(growth, rows, sampling_units(groups, len(y)), depth=depth, seed=seed)
    nodes, leaf = _flat(growth, pruned)
    explained = 1.0 - sum(node.points * node.spread**2 for node in nodes if node.split is None) / _squares(y[rows])
    return RegressionTree(nodes, explained, predicted, leaf, _sentences(nodes, measure))


def _nothing_to_split(y: Floats, least: int) -> Message | None:
    if len(y) < 2 * least:
        return message("Only {points} points: too few for a tree.", points=len(y))
    if np.ptp(y) == 0.0:
        return message("The answer is the same at all points: there is nothing to split.")
    return None


def _squares(y: Floats) -> float:
    """Sum of squares around the mean."""
    return float(((y - y.mean()) ** 2).sum())


@dataclass(frozen=True)
class _Branch:
    """A node while the tree grows: its rows, and its question with what it gains and the two branches below."""

    rows: Ints
    factor: int = -1
    left_codes: frozenset[float] = frozenset()
    """Of categories."""
    below: float = np.inf
    """Of numbers."""
    children: tuple[_Branch, ...] = ()

    def leaves(self) -> list[_Branch]:
        """Those under it, itself where it has no children."""
        return [leaf for child in self.children for leaf in child.leaves()] if self.children else [self]


@dataclass(frozen=True)
class _Growth:
    """What trees grow on."""

    names: tuple[str, ...]
    x: Floats  # [N, K] levels, or positions of words
    words: tuple[tuple[str, ...], ...]  # [K] none for numbers
    y: Floats
    least: int

    def grown(self, rows: Ints, depth: int) -> _Branch:
        """The tree of so many splits one below the other at most."""
        if depth == 0 or len(rows) < 2 * self.least:
            return _Branch(rows)
        gain, split = max((self._best(rows, k) for k in range(len(self.names))), key=lambda best: best[0])
        if gain <= 0.0:
            return _Branch(rows)
        left = self.goes_left(split, rows)
        return replace(split, children=(self.grown(rows[left], depth - 1), self.grown(rows[~left], depth - 1)))

    def goes_left(self, split: _Branch, rows: Ints) -> Mask:
        levels = self.x[rows, split.factor]
        return np.isin(levels, list(split.left_codes)) if split.left_codes else levels < split.below

    def _best(self, rows: Ints, factor: int) -> tuple[float, _Branch]:
        """Largest fall of the sum of squares by a split on one factor; categories stand in order of their means."""
        levels, y = self.x[rows, factor], self.y[rows] - self.y[rows].mean()
        order_by = levels
        if self.words[factor]:
            at = np.unique(levels, return_inverse=True)[1]
            means = np.bincount(at, weights=y) / np.bincount(at)
            order_by = np.argsort(np.argsort(means, kind="stable"))[at].astype(np.float64)
        order = np.argsort(order_by, kind="stable")
        ranked, left = order_by[order], np.cumsum(y[order])[:-1]
        n_left = np.arange(1, len(rows))
        gain = left**2 / n_left + left**2 / (len(rows) - n_left)
        allowed = (ranked[1:] > ranked[:-1]) & (n_left >= self.least) & (len(rows) - n_left >= self.least)
        if not allowed.any():
            return 0.0, _Branch(rows)
        cut = int(np.where(allowed, gain, -1.0).argmax())
        if self.words[factor]:
            return float(gain[cut]), _Branch(rows, factor, left_codes=frozenset(levels[order[: cut + 1]].tolist()))
        return float(gain[cut]), _Branch(rows, factor, below=float(ranked[cut] + ranked[cut + 1]) / 2.0)

    def squares(self, branch: _Branch) -> float:
        """What its leaves leave unexplained."""
        return sum(_squares(self.y[leaf.rows]) for leaf in branch.leaves())

    def cut_back(self, branch: _Branch, cost: float) -> _Branch:
        """The subtree that leaves least unexplained when each leaf costs so much, the smallest of equals."""
        if not branch.children:
            return branch
        kept = replace(branch, children=tuple(self.cut_back(child, cost) for child in branch.children))
        whole = self.squares(kept) + cost * len(kept.leaves())
        return kept if whole < _squares(self.y[branch.rows]) + cost else replace(branch, children=())

    def predicted(self, branch: _Branch, rows: Ints) -> Floats:
        """Means of the leaves in which other rows end."""
        values = np.empty(len(rows))
        if not branch.children:
            values[:] = self.y[branch.rows].mean()
            return values
        left = self.goes_left(branch, rows)
        for child, here in zip(branch.children, (left, ~left), strict=True):
            values[here] = self.predicted(child, rows[here])
        return values


def _pruned(growth: _Growth, rows: Ints, unit: Ints, *, depth: int, seed: int) -> tuple[_Branch, float]:
    """The tree cut back by the cost at which left-out rows are predicted best, and how well (1 is perfect, 0 the mean).

    Of the costs within one standard error of the best, the highest (Breiman et al. 1984, 3.4.3).
    """
    whole = growth.grown(rows, depth)
    costs = _costs(growth, whole)
    chance = np.random.Generator(np.random.Philox(key=seed))
    _, at_unit = np.unique(unit[rows], return_inverse=True)
    n_units = int(at_unit.max()) + 1
    folds = min(FOLDS, n_units)
    fold = (chance.permutation(n_units) % folds)[at_unit]
    errors = np.empty((len(costs), len(rows)))
    usual = np.empty(len(rows))
    for at in range(folds):
        here, there = rows[fold != at], fold == at
        tree = growth.grown(here, depth)
        share = len(here) / len(rows)
        for position, cost in enumerate(costs):
            miss = growth.predicted(growth.cut_back(tree, cost * share), rows[there]) - growth.y[rows[there]]
            errors[position, there] = miss**2
        usual[there] = (growth.y[here].mean() - growth.y[rows[there]]) ** 2
    mean = errors.mean(axis=1)
    best = int(mean.argmin())
    of_best = linearised(np.bincount(at_unit, errors[best]), np.bincount(at_unit))
    error = float(np.sqrt(variance_of(of_best.residual)))
    chosen = int(np.flatnonzero(mean <= mean[best] + error)[-1])
    return growth.cut_back(whole, costs[chosen]), float(1.0 - mean[chosen] / usual.mean())


def _costs(growth: _Growth, tree: _Branch) -> list[float]:
    """Rising costs, one for each subtree that is the best at some cost: geometric means of where it begins and ends."""
    begins = [0.0]
    while tree.children:
        weakest = min(_links(growth, tree))
        tree = growth.cut_back(tree, weakest * (1.0 + 1e-9))
        begins.append(weakest)
    return [(low * high) ** 0.5 for low, high in pairwise(begins)] + [begins[-1] * (1.0 + 1e-9)]


def _links(growth: _Growth, branch: _Branch) -> list[float]:
    """At each split the cost of a leaf at which all that is below it no longer pays."""
    if not branch.children:
        return []
    pays = (_squares(growth.y[branch.rows]) - growth.squares(branch)) / (len(branch.leaves()) - 1)
    return [pays, *(link for child in branch.children for link in _links(growth, child))]


def _flat(growth: _Growth, tree: _Branch) -> tuple[tuple[TreeNode, ...], Ints]:
    """Nodes from the root on, level by level, and [N] the leaf of each point."""
    branches, nodes = [tree], list[TreeNode]()
    leaf = np.full(len(growth.y), -1)
    for at, branch in enumerate(branches):  # grows on the way
        values = growth.y[branch.rows]
        left = len(branches) if branch.children else -1
        split = _split(growth, branch) if branch.children else None
        nodes.append(
            TreeNode(split, left, left + 1 if split else -1, float(values.mean()), float(values.std()), len(values))
        )
        branches.extend(branch.children)
        if not branch.children:
            leaf[branch.rows] = at
    return tuple(nodes), leaf


def _split(growth: _Growth, branch: _Branch) -> TreeSplit:
    """The question of a branch that has children; words are those that occur among its points."""
    name, words = growth.names[branch.factor], growth.words[branch.factor]
    if not words:
        return TreeSplit(name, branch.below, (), ())
    there = np.unique(growth.x[branch.rows, branch.factor]).tolist()
    left, right = (tuple(words[int(at)] for at in there if (at in branch.left_codes) == side) for side in (True, False))
    return TreeSplit(name, None, left, right)


def _sentences(nodes: Sequence[TreeNode], measure: Message | str) -> tuple[Message, ...]:
    """One sentence a leaf, highest answer first."""
    if nodes[0].split is None:
        return (message("No split predicts {measure} better than its mean over all points.", measure=measure),)
    asked: dict[int, dict[str, FactorRange]] = {0: {}}
    for at, node in enumerate(nodes):
        if node.split is not None:
            asked[node.left] = _narrowed(asked[at], node.split, left=True)
            asked[node.right] = _narrowed(asked[at], node.split, left=False)
    leaves = sorted((at for at, node in enumerate(nodes) if node.split is None), key=lambda at: -nodes[at].value)
    return tuple(
        message(
            "Where {where}: {measure} {value} ({percent}% of points).",
            where=where(tuple(asked[at].values())),
            measure=measure,
            value=float(f"{nodes[at].value:.2f}"),
            percent=round(100.0 * nodes[at].points / nodes[0].points),
        )
        for at in leaves
    )


def _narrowed(asked: Mapping[str, FactorRange], split: TreeSplit, *, left: bool) -> dict[str, FactorRange]:
    """What is asked below one side of a split, from what is asked above it."""
    before = asked.get(split.factor, FactorRange(split.factor))
    if split.below is None:
        after = replace(before, categories=split.left if left else split.right)
    else:
        after = replace(before, high=split.below) if left else replace(before, low=split.below)
    return {**asked, split.factor: after}
