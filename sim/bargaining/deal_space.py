"""All deals of one world: gains of the parties, what may be chosen, and the list if it is short.

A space is separable, one option per composite, but for firm conditional red lines that join composites. The deals that
keep these are a union of separable spaces without a deal in common, one for each way to keep them (`pieces`).

Every solution concept is defined on gains over the disagreement point, so a space holds values and floors:
`gain_p(x) = sum_c value[p, c, x_c] - floor[p]`, in stakes of party p, with the price of no settlement counted as relief
(`sim.rules.utility`). The disagreement point is the reservation value of `floor_of` without a text in hand: the status
quo with the outside option. It is never the lowest utility.

Shape letters: P parties, Q parties with lines, C composites, O options, N deals, K efficient deals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.types.arrays import Floats, Ints, Mask
from sim.types.tables import INTERESTED, PRINCIPAL, Tables

MAX_LISTED = 20_000
NO_LOSS = 1e-6
"""Stakes: a gain above minus this is no loss, and one up to this is no gain. It is also the tolerance of the search."""
TIE = 1e-9
"""Stakes: values closer than this differ by rounding and count as equal."""
_BLOCK = 256
MAX_DEALS = 5_000_000


@dataclass(frozen=True)
class JoiningLine:
    """A firm conditional red line that joins composites: crossed by all of `when` without all of `unless`."""

    owner: int  # row of the party whose line it is among those asked for
    when: Mask  # [C, O] True where nothing is asked
    unless: Mask  # [C, O]

    def crossed(self, deals: Ints) -> Mask:
        """[N] True where a deal [N, C] crosses it."""
        place = np.arange(deals.shape[1])
        return np.all(self.when[place, deals], axis=1) & ~np.all(self.unless[place, deals], axis=1)

    def ways(self, usable: Mask) -> Iterator[Mask]:
        """The ways to keep it among `usable` options [C, O], which have no deal in common.

        Some part of `when` fails, and those before it stand; or all of it stands, and all of `unless`.
        """
        for c in np.flatnonzero(~np.all(self.when, axis=1)):
            fails, usable = usable.copy(), usable.copy()
            fails[c] &= ~self.when[c]
            usable[c] &= self.when[c]
            yield fails
        yield usable & self.unless


@dataclass(frozen=True)
class FirmLines:
    """The red lines of some parties that are firm in one world."""

    barred: Mask  # [Q, C, O] options that each party bars
    joining: tuple[JoiningLine, ...]

    def crossed(self, deals: Ints) -> Mask:
        """[N, Q] True where a deal [N, C] crosses a line of the party."""
        crossed = any_option(self.barred, deals)
        for line in self.joining:
            crossed[:, line.owner] |= line.crossed(deals)
        return crossed


@dataclass(frozen=True)
class DealSpace:
    """Deals of one world as the sum of their composites. Every array is read-only by convention."""

    parties: Ints  # [P] party in `Tables`
    value: Floats  # [P, C, O] stakes
    floor: Floats  # [P] reservation value in the units of `value`
    usable: Mask  # [C, O]
    status_quo: Ints  # [C]
    lines: tuple[JoiningLine, ...] = ()

    @cached_property
    def pieces(self) -> tuple[DealSpace, ...]:
        """Spaces without lines that hold each deal once; the space itself where it has no line."""
        if not self.lines:
            return (self,)
        ways = [self.usable]
        for line in self.lines:
            ways = [kept for way in ways for kept in line.ways(way) if kept.any(axis=1).all()]
        return tuple(replace(self, usable=way, lines=()) for way in ways)

    @property
    def n_deals(self) -> float:
        """Number of deals; a float, for it passes 2**63."""
        return sum(float(np.prod(piece.usable.sum(axis=1, dtype=np.float64))) for piece in self.pieces)

    @property
    def listable(self) -> bool:
        """True if there is a deal, and no more than `MAX_LISTED`."""
        return 0 < self.n_deals <= MAX_LISTED

    def kept(self, deals: Ints) -> Mask:
        """[N] True where a deal [N, C] crosses no line."""
        kept = np.ones(len(deals), dtype=np.bool_)
        for line in self.lines:
            kept &= ~line.crossed(deals)
        return kept

    def holds(self, deals: Ints) -> Mask:
        """[N] True where a deal [N, C] is of the space: every option usable, and no line crossed."""
        return self.usable[np.arange(deals.shape[1]), deals].all(axis=1) & self.kept(deals)

    def gains_of(self, deals: Ints) -> Floats:
        """[N, P] gains of `deals` [N, C] over the floors, stakes."""
        parts = self.value[:, np.arange(deals.shape[1]), deals]  # [P, N, C]
        total = np.add.accumulate(parts, axis=2)[:, :, -1]  # in the order of the composites, so that none rounds anew
        return np.ascontiguousarray(total.T) - self.floor

    def highest(self) -> Floats:
        """[P] each party's best gain over all deals, individually rational or not; -inf in an empty space."""
        best = [np.where(piece.usable, self.value, -np.inf).max(axis=2).sum(axis=1) for piece in self.pieces]
        return np.max(best, axis=0, initial=-np.inf) - self.floor

    def lowest(self) -> Floats:
        """[P] each party's worst gain over all deals; inf in an empty space."""
        worst = [np.where(piece.usable, self.value, np.inf).min(axis=2).sum(axis=1) for piece in self.pieces]
        return np.min(worst, axis=0, initial=np.inf) - self.floor

    def with_floor(self, floor: Floats) -> DealSpace:
        """The same deals measured from other floors [P]."""
        return replace(self, floor=np.asarray(floor, dtype=np.float64))

    def of(self, rows: Ints) -> DealSpace:
        """The same deals for some of the parties."""
        return replace(self, parties=self.parties[rows], value=self.value[rows], floor=self.floor[rows])

    def none(self) -> Ints:
        """[0, C] no deals."""
        return np.zeros((0, len(self.status_quo)), dtype=np.int64)


def deal_space(
    tables: Tables,
    world: int,
    *,
    format_index: int = 0,
    parties: Sequence[int] | Ints | None = None,
    lines_of: Sequence[int] | Ints | None = None,
) -> DealSpace:
    """The space of one world (row `draw * regimes + regime`) for the parties at a table, at month 0.

    The agenda of the format decides what is allowed (`open_options`). The gains of `parties` count, by default of those
    with a vote, in file order; firm red lines of `lines_of`, by default the same, bar deals, and may leave an empty
    space.
    """
    seated = np.flatnonzero(has_a_vote(tables, format_index)) if parties is None else np.asarray(parties)
    lines = firm_lines(tables, world, seated if lines_of is None else np.asarray(lines_of, dtype=np.int64))
    usable = open_options(tables, format_index) & ~lines.barred.any(axis=0)
    value = tables.contribution[world, seated] - tables.price[world, seated][:, None, None] * tables.ending
    place = np.arange(len(tables.status_quo))
    floor = value[:, place, tables.status_quo].sum(axis=1) + tables.outside[world, seated]
    return DealSpace(seated.astype(np.int64), value, floor, usable, tables.status_quo.copy(), lines.joining)


def open_options(tables: Tables, format_index: int) -> Mask:
    """[C, O] what the agenda of a format allows, whoever sits there.

    Under a single undertaking nothing is agreed until all is: every core issue on the agenda must settle, so that the
    status quo of its composite is no option. It remains the disagreement point.
    """
    allowed = tables.allowed[format_index] == 1
    for i in np.flatnonzero(tables.undertaken[format_index]):
        allowed[tables.issue_composite[i]] &= tables.settles[i] == 1
    return allowed


def firm_lines(tables: Tables, world: int, parties: Ints) -> FirmLines:
    """The red lines of `parties` [Q] that are firm in a world."""
    owners, lines = np.nonzero(tables.line_firm[world, parties])
    joining = tuple(
        JoiningLine(int(owner), tables.line_if[line] == 1, tables.line_unless[line] == 1)
        for owner, line in zip(owners, lines, strict=True)
    )
    return FirmLines(tables.barred[world, parties] == 1, joining)


def any_option(flags: Mask, deals: Ints) -> Mask:
    """[N, Q] True where an option of the deal is marked in `flags` [Q, C, O]."""
    marked = np.zeros((len(deals), len(flags)), dtype=np.bool_)
    for c in range(deals.shape[1]):
        marked |= flags[:, c, deals[:, c]].T
    return marked


def has_a_vote(tables: Tables, format_index: int) -> Mask:
    """[P] principals and interested mediators: the parties at the table that propose and answer."""
    return np.isin(tables.seated[format_index], (PRINCIPAL, INTERESTED))


def list_deals(space: DealSpace) -> Ints:
    """[N, C] every deal, in lexicographic order of its options; a ValueError for more than `MAX_LISTED`."""
    if space.n_deals > MAX_LISTED:
        raise ValueError(f"{space.n_deals:.3g} deals are too many to list, at most {MAX_LISTED}")
    parts = [space.none()]
    for piece in space.pieces:
        choices = [np.flatnonzero(row) for row in piece.usable]
        parts.append(np.stack(np.meshgrid(*choices, indexing="ij"), axis=-1).reshape(-1, len(choices)))
    deals = np.concatenate(parts).astype(np.int64)
    return deals[np.lexsort(deals.T[::-1])] if len(space.pieces) > 1 else deals


def levels(values: Floats) -> Ints:
    """[N] rank of each of `values` [N] from below, where values in a chain of steps of at most `TIE` share a rank."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.concatenate(([0], np.cumsum(np.diff(values[order]) > TIE)))
    return ranks


def pareto_rows(points: Floats) -> Ints:
    """[K] rows of `points` [N, P] that no other row beats: at least as good for all and better for one; rising.

    Columns are compared by `levels`, so that rounding makes no difference; of equal rows the first counts. Rows are
    sorted by falling sum, so that only an earlier row can beat a later one; what the front of the order beats goes
    first, and the rest is compared block by block with the frontier so far. Two columns take one sort (Kung, Luccio &
    Preparata 1975, On finding the maxima of a set of vectors, JACM 22).
    """
    if points.shape[1] == 1:
        return np.array([int(np.argmax(levels(points[:, 0])))])
    if points.shape[1] == 2:
        return np.sort(efficient(points[:, 0], points[:, 1]))
    ranks = np.stack([levels(column) for column in points.T], axis=1)
    _, first = np.unique(ranks, axis=0, return_index=True)
    points_left = ranks[first]
    order = np.lexsort((*points_left.T[::-1], points_left.sum(axis=1)))[::-1]
    rows, ranked = first[order], points_left[order]
    kept = np.zeros((0, points.shape[1]), dtype=np.int64)
    efficient_rows: list[Ints] = []
    while len(rows):
        head, head_rows = ranked[:_BLOCK], rows[:_BLOCK]
        alone = ~_beaten(head, head)
        new = head[alone]
        efficient_rows.append(head_rows[alone])
        kept = np.concatenate((kept, new))
        left = ~_beaten(ranked[_BLOCK:], new)
        ranked, rows = ranked[_BLOCK:][left], rows[_BLOCK:][left]
    return np.sort(np.concatenate(efficient_rows))


def _beaten(points: Ints, by: Ints) -> Mask:
    """[N] True where a row of `by` is at least as good for all as the row of `points`, and not equal to it."""
    beaten = np.zeros(len(points), dtype=np.bool_)
    for start in range(0, len(points), 1024):
        part = points[start : start + 1024]
        covers = np.ones((len(part), len(by)), dtype=np.bool_)
        same = np.ones((len(part), len(by)), dtype=np.bool_)
        for p in range(points.shape[1]):
            covers &= by[:, p] >= part[:, p, None]
            same &= by[:, p] == part[:, p, None]
        beaten[start : start + 1024] = (covers & ~same).any(axis=1)
    return beaten


@dataclass(frozen=True)
class Frontier:
    """Efficient deals by falling `own` and rising `others`; equal pairs are kept once."""

    own: Floats  # [K] first criterion, strictly falling
    others: Floats  # [K] second criterion, strictly rising
    deals: Ints  # [K, C] option of each composite


def exact_frontier(own: Floats, others: Floats, *, usable: Mask | None = None, limit: int = MAX_DEALS) -> Frontier:
    """Every Pareto-efficient deal for `(sum_c own[c, x_c], sum_c others[c, x_c])`, both to be maximised.

    The dynamic programme of Nemhauser & Ullmann (1969), Discrete dynamic programming and capital allocation,
    Management Science 15, adds one composite at a time and keeps the deals that nothing beats in both criteria; the
    rest can never become efficient again. Their number is exponential at worst and polynomial in expectation (Beier &
    Voecking 2004). A stage is one choice out of O options, where the option is `usable` (by default everywhere); all
    [C, O]. Sums are formed in the order of the composites, in float64, and compared by `levels` at each stage. Of
    deals equal in both criteria one is kept, with the lowest option of the last composite. At most `limit` candidates
    are held at a stage, about 24 bytes each. A ValueError if it would pass that, the shapes differ, or a composite
    has no usable option.
    """
    n_composites, n_options = own.shape
    mask = np.ones(own.shape, dtype=np.bool_) if usable is None else np.asarray(usable, dtype=np.bool_)
    if others.shape != own.shape or mask.shape != own.shape:
        raise ValueError(f"shapes differ: own {own.shape}, others {others.shape}, usable {mask.shape}")
    if not mask.any(axis=1).all():
        raise ValueError(f"no usable option in composite {int(np.argmin(mask.any(axis=1)))} of {n_composites}")
    first, second = np.zeros(1), np.zeros(1)
    parents: list[Ints] = []
    choices: list[Ints] = []
    for c in range(n_composites):
        options = np.flatnonzero(mask[c])
        if len(options) * len(first) > limit:
            raise ValueError(f"more than {limit} candidates at composite {c} of {n_composites} ({n_options} options)")
        a = (own[c, options][:, None] + first).ravel()
        b = (others[c, options][:, None] + second).ravel()
        kept = efficient(a, b)
        choices.append(options[kept // len(first)])
        parents.append(kept % len(first))
        first, second = a[kept], b[kept]
    return Frontier(first, second, _trace(parents, choices))


def two_party_frontier(space: DealSpace) -> Ints:
    """[K, C] the Pareto-efficient deals of a space of two parties, by `exact_frontier`, each pair of gains once."""
    fronts = [exact_frontier(*piece.value, usable=piece.usable).deals for piece in space.pieces]
    deals = np.concatenate((space.none(), *fronts))
    return deals[efficient(*space.gains_of(deals).T)] if len(fronts) > 1 else deals


def efficient(own: Floats, others: Floats) -> Ints:
    """[K] indices of the points that no other point beats in both criteria, by falling `own`.

    Both are [N], to be maximised, and compared by `levels`. Of equal points the first only, of points equal in one the
    better in the other.
    """
    first, second = levels(own), levels(others)
    order = np.argsort(-first * len(own) - second, kind="stable")
    ranked = second[order]
    best_before = np.concatenate(([-1], np.maximum.accumulate(ranked)[:-1]))
    return order[ranked > best_before]


def _trace(parents: Sequence[Ints], choices: Sequence[Ints]) -> Ints:
    """Follow the choices of every final deal back to the first composite: [K, C]."""
    at = np.arange(len(choices[-1]))
    columns: list[Ints] = []
    for parent, choice in zip(reversed(parents), reversed(choices), strict=True):
        columns.append(choice[at])
        at = parent[at]
    return np.stack(columns[::-1], axis=1)
