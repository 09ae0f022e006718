"""The stationary equilibrium of bargaining under an open rule, over a finite set of deals and any consent rule.

The open rule of Baron & Ferejohn (1989), with the deals, patience and consent of `BargainingGame`. On an empty floor
party `j` is recognised with chance `p_j` and lays a deal there. With deal `x` of owner `j` on the floor, another party
`k` is recognised with chance `p_k / (1 - p_j)`. It seconds, and the table votes on `x`: agreed, or the floor is empty
in the next session; or it offers deal `z`, and the table votes between the two: the winner is on the floor in the next
session, `z` as the text of `k`. The owner of a text, and the mover of an amendment, count as consenting to it.

Strategies depend on the deal on the floor and its owner alone. Unknown are what each party expects on an empty floor,
`v[i]`, and with a deal on it, `W[j, x, i]`. With `d_i` the discount of a session and precision `L`,

    a[x, i]       = 1 / (1 + exp(-L (u[x, i] - d_i v[i])) / L)                    i votes for the deal
    b[j, x, k, z, i] = 1 / (1 + exp(-L d_i (W[k, z, i] - W[j, x, i])) / L)        i votes for the amendment
    Q[j, x], B[j, x, k, z] = chances that they carry, by the winning coalitions
    worth to i of seconding:  d_i v[i] + Q (u[x, i] - d_i v[i])
    worth to i of amending:   d_i (W[j, x, i] + B (W[k, z, i] - W[j, x, i]))

and `k` chooses by logit of its worth times L, with the odds of seconding times L: who is indifferent seconds, and votes
for the text proposed to it, as in print. Fixed points are logit equilibria (McKelvey & Palfrey 1998); they are sought
by damped steps while L rises. Parties that can be interchanged are kept alike (a symmetric game gets a symmetric
solution: without that the steps run into cycles in which some partner is always the cheaper). A solution need not be
found, nor be the only one (Primo 2007): read `converged`, and `regret`.

Shape letters: N deals, P parties; `j` owner, `x` deal on the floor, `k` recognised, `z` amendment, `i` any party.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import log

import numpy as np

from sim.bargaining.consent_rules import coalition_table
from sim.bargaining.equilibrium import BargainingGame, utility_range
from sim.bargaining.logit_bargaining import chance_of_passing
from sim.types.arrays import Floats, Ints
from sim.types.structure import OPEN_RULE_SEATS

FIRST_PRECISION = 5.0
PRECISION = 1000.0
"""Per range of a party's utilities; an amendment may be worth `log(L) / L` less, 0.7% of it, and still get a vote."""
TOLERANCE = 1e-5
RAISES, STEPS_A_RAISE = 40, 10
LAST_STEPS = 400
MOST_DAMPED = 30.0


@dataclass(frozen=True)
class OpenEquilibrium:
    """What parties do and expect; worth in each party's own unit over its status quo."""

    values: Floats  # [P] on an empty floor
    floor: Floats  # [P, N, P] [j, x, i] with deal x of j on the floor, at the start of a session
    later: Floats  # [P, N, P] the same, a session later
    thresholds: Floats  # [P] least that i takes in the final vote
    proposals: Floats  # [P, N] chance that j lays the deal on an empty floor
    replies: Floats  # [P, N, P, N] [j, x, k, z] chance that k amends with z; it seconds with what is missing to 1
    residual: float  # largest change that another step would make, ranges of utilities being 1
    regret: float  # most that any motion or proposal expects to cost its party against its best one, in the same unit
    precision: float
    slack: Floats  # [P] by how much less an amendment may be worth to a party that votes for it with even chance
    steps: int
    converged: bool  # whether the residual is at most the tolerance


@dataclass(frozen=True)
class _Game:
    """The game in normalised utilities: status quo 0, range 1."""

    utilities: Floats  # [N, P]
    discount: Floats  # [P]
    winning: Floats  # [2^P]
    first: Floats  # [P] chance of laying a deal
    next: Floats  # [P, P] [j, k] chance of being recognised while a deal of j is on the floor; rows may be 0
    alike: Ints  # [P, N, P] positions of `floor` that symmetry makes equal, numbered
    twins: Ints  # [P] number of the class of interchangeable parties


@dataclass(frozen=True)
class _Step:
    """What parties do at given expectations, and what they then expect."""

    values: Floats
    floor: Floats
    proposals: Floats
    replies: Floats
    regret: float

    def damped(self, values: Floats, floor: Floats, precision: float) -> tuple[Floats, Floats]:
        damp = min(0.5, MOST_DAMPED / precision)
        return values + damp * (self.values - values), floor + damp * (self.floor - floor)


def open_equilibrium(game: BargainingGame, *, bloc: Ints | None = None) -> OpenEquilibrium:
    """Solve the open rule; a ValueError unless `game.order` is random, and for more than 7 parties.

    While a text is on the floor, nobody of its owner's `bloc` [P] is recognised; by default every party is its own.
    """
    n_deals, n_parties = game.utilities.shape
    if game.order != "random":
        raise ValueError("under the open rule the floor is given at random: order must be 'random'")
    if n_parties > OPEN_RULE_SEATS:
        raise ValueError(f"the open rule is solved for at most {OPEN_RULE_SEATS} parties, got {n_parties}")
    scale = utility_range(game)
    normal = _normalised(game, scale, np.arange(n_parties) if bloc is None else bloc)
    values, floor = np.zeros(n_parties), np.zeros((n_parties, n_deals, n_parties))
    for level in np.repeat(np.geomspace(FIRST_PRECISION, PRECISION, RAISES), STEPS_A_RAISE).tolist():
        values, floor = _step(normal, values, floor, level).damped(values, floor, level)
    step, residual, steps = _step(normal, values, floor, PRECISION), np.inf, RAISES * STEPS_A_RAISE
    for _ in range(LAST_STEPS):
        residual = max(float(np.abs(step.values - values).max()), float(np.abs(step.floor - floor).max()))
        if residual <= TOLERANCE:
            break
        values, floor = step.damped(values, floor, PRECISION)
        step = _step(normal, values, floor, PRECISION)
        steps += 1
    return OpenEquilibrium(
        values=game.status_quo + scale * values,
        floor=game.status_quo + scale * floor,
        later=game.status_quo + scale * game.discount * floor,
        thresholds=game.status_quo + scale * game.discount * values,
        proposals=step.proposals,
        replies=step.replies,
        residual=residual,
        regret=step.regret,
        precision=PRECISION,
        slack=scale * log(PRECISION) / PRECISION,
        steps=steps,
        converged=residual <= TOLERANCE,
    )


def _step(game: _Game, values: Floats, floor: Floats, precision: float) -> _Step:
    """The formulas at the head of the module, once."""
    from scipy.special import expit

    n_deals, n_parties = game.utilities.shape
    later, expected = game.discount * values, np.zeros_like(floor)
    replies = np.zeros((n_parties, n_deals, n_parties, n_deals))
    regret = 0.0
    accepts = expit(precision * (game.utilities - later) + log(precision))
    for j in range(n_parties):
        votes = accepts.copy()
        votes[:, j] = 1.0
        carried = chance_of_passing(votes, game.winning)[:, None]
        seconded = later + carried * (game.utilities - later)
        if not game.next[j].any():
            expected[j] = seconded
        for k in np.flatnonzero(game.next[j]).tolist():
            reply, worth, lost = _reply(game, floor, seconded, (j, k), precision=precision)
            replies[j, :, k], regret = reply, max(regret, lost)
            expected[j] += game.next[j, k] * worth
    expected = _averaged(expected, game.alike)
    own = expected[np.arange(n_parties), :, np.arange(n_parties)]
    proposals = _logit(precision * own)
    regret = max(regret, float((own.max(axis=1) - (proposals * own).sum(axis=1)).max()))
    opening = np.einsum("j,jx,jxi->i", game.first, proposals, expected)
    return _Step(_averaged(opening, game.twins), expected, proposals, replies, regret)


def _reply(
    game: _Game, floor: Floats, seconded: Floats, pair: tuple[int, int], *, precision: float
) -> tuple[Floats, Floats, float]:
    """What `k` does about each deal of `j` on the floor: chances [x, z], worth to all [x, i], and its regret."""
    from scipy.special import expit

    j, k = pair
    kept = game.discount * floor[j]
    more = (game.discount * floor[k])[None] - kept[:, None]  # [x, z, i]
    votes = expit(precision * more + log(precision))
    votes[:, :, k] = 1.0
    carried = chance_of_passing(votes.reshape(-1, votes.shape[2]), game.winning).reshape(votes.shape[:2])
    by_amending = carried * more[:, :, k]
    by_seconding = (seconded - kept)[:, k]
    odds = np.concatenate(((precision * by_seconding + log(precision))[:, None], precision * by_amending), axis=1)
    chance = _logit(odds)
    worth = kept + chance[:, :1] * (seconded - kept) + np.matmul((chance[:, 1:] * carried)[:, None, :], more)[:, 0]
    best = np.maximum(by_seconding, by_amending.max(axis=1))
    lost = best - chance[:, 0] * by_seconding - (chance[:, 1:] * by_amending).sum(axis=1)
    return chance[:, 1:], worth, float(lost.max())


def _logit(exponent: Floats) -> Floats:
    """Chances proportional to `exp(exponent)` along the last axis."""
    odds = np.exp(exponent - exponent.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def _averaged(array: Floats, group: Ints) -> Floats:
    """The array with each entry replaced by the mean of its group."""
    labels = group.ravel()
    return (np.bincount(labels, array.ravel()) / np.bincount(labels))[group]


def _normalised(game: BargainingGame, scale: Floats, bloc: Ints) -> _Game:
    """The game with status quo 0 and range 1, and its symmetries."""
    others = game.recognition * (bloc[:, None] != bloc[None, :])
    total = others.sum(axis=1, keepdims=True)
    utilities = (game.utilities - game.status_quo) / scale
    winning = coalition_table(game.rule).astype(np.float64)
    twins = _twins(game, utilities, bloc)
    return _Game(
        utilities=utilities,
        discount=game.discount,
        winning=winning,
        first=game.recognition,
        next=np.divide(others, total, out=np.zeros_like(others), where=total > 0.0),
        alike=_alike(utilities, twins),
        twins=twins,
    )


def _twins(game: BargainingGame, utilities: Floats, bloc: Ints) -> Ints:
    """[P] classes of parties that can change places: same chances, patience and votes, and the same deals then."""
    n_parties = utilities.shape[1]
    rows = {tuple(row) for row in utilities.round(9).tolist()}
    coalitions = coalition_table(game.rule).reshape((2,) * n_parties)
    alone = (bloc[:, None] == bloc).sum(axis=1) == 1
    label = np.arange(n_parties)
    for i, k in combinations(range(n_parties), 2):
        swapped = np.arange(n_parties)
        swapped[[i, k]] = k, i
        same = np.isclose(game.recognition[i], game.recognition[k]) and game.discount[i] == game.discount[k]
        same = same and alone[i] and alone[k] and np.array_equal(coalitions, np.swapaxes(coalitions, i, k))
        if same and {tuple(row) for row in utilities[:, swapped].round(9).tolist()} == rows:
            label[k] = label[i]
    return np.unique(label, return_inverse=True)[1]


def _alike(utilities: Floats, twins: Ints) -> Ints:
    """[P, N, P] the same number for entries [j, x, i] that a change of places among twins maps onto each other."""
    n_deals, n_parties = utilities.shape
    numbers: dict[tuple[tuple[float, ...], ...], int] = {}
    alike = np.zeros((n_parties, n_deals, n_parties), dtype=np.int64)
    rounded = utilities.round(9).tolist()
    for j, x, i in np.ndindex(*alike.shape):
        seats = sorted((float(twins[q]), rounded[x][q], float(q == j), float(q == i)) for q in range(n_parties))
        alike[j, x, i] = numbers.setdefault(tuple(seats), len(numbers))
    return alike
