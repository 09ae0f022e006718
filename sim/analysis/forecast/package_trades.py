"""Package trades: who gave way on which issue for what, against what the issues would give one by one.

A logroll is an exchange of support across issues that differ in salience (Tullock 1959, Problems of majority voting,
Journal of Political Economy 67; Riker & Brams 1973, The paradox of vote trading, American Political Science Review 67).
In exchange models of collective decisions, actors on opposite sides of two issues shift their positions, each on the
issue it cares less about, measured from the outcome expected without exchange (Stokman & Van Oosten 1994, The exchange
of voting positions, in Bueno de Mesquita & Stokman, European Community Decision Making, ch. 6). Here nothing is put in:
the exchange is read off what the simulated talks settle, run by run.

Shape letters: R runs, P parties, I issues, D draws, O options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.analysis.statistics.intervals import Estimate, ratios
from sim.scenario import Encoder
from sim.scenario.sampling.view_utilities import option_values
from sim.types.arrays import Floats, Ints, Mask

Groups = tuple[tuple[int, ...], tuple[int, ...]]
"""Indices of those who gave way on the first issue, and of those who gave way on the second."""
TIE = 1e-9  # stakes: a smaller difference is none
TOP = 10  # exchanges that are reported
Sides = tuple[Floats, Floats]
"""[R, P] what those who gave way on the first issue and gained on the second gain over both, else 0; and the same of
those who gave way on the second and gained on the first. A party is on one side at most."""


def stakes_of_options(encoder: Encoder, issues: Sequence[str], parties: Sequence[str], n_draws: int) -> list[Floats]:
    """What each option of some issues is worth to some parties, before any shock: one array [D, P, O] an issue.

    ``u_pi(o) = w_pi v_pi(o) / S_p`` with salience w, value v in [0, 1] and the stake ``S_p = sum_j w_pj (max v_pj - min
    v_pj)`` over all issues of the scenario: 1 is the difference between the best and the worst for the party on every
    issue. Linkages and feasibility rules, which belong to no issue, are left out. Options are in file order; 0 where a
    party gives the issue no value.
    """
    resolved, layout = encoder.resolved, encoder.layout
    drawn = encoder.drawn(0, n_draws)
    before = slice(None, None, 1 + len(resolved.shocks))
    values = {issue: np.zeros((n_draws, len(parties), len(layout.options[issue]))) for issue in layout.issues}
    stake = np.zeros((n_draws, len(parties)))
    for p, party in enumerate(parties):
        for issue in layout.issues:
            weight = np.broadcast_to(drawn.get(f"parties.{party}.salience.{issue}"), (drawn.n_worlds,))[before]
            own = option_values(layout, drawn, party, issue)
            held = np.broadcast_to(own, (drawn.n_worlds, own.shape[1]))[before]
            values[issue][:, p] = weight[:, None] * held
            stake[:, p] += weight * np.ptp(held, axis=1)
    scale = np.divide(1.0, stake, out=np.zeros_like(stake), where=stake > TIE)
    return [values[issue] * scale[:, :, None] for issue in issues]


def gains(stakes: Floats, draw: Ints, option: Ints, reference: int) -> Floats:
    """[R, P] what each party gains on an issue over the reference option: above 0 it gained, below 0 it gave way.

    From `stakes_of_options` [D, P, O], and the draw and the option of each run [R].
    """
    return stakes[draw, :, option] - stakes[draw, :, reference]


def sides(first: Floats, second: Floats) -> Sides:
    """Who gave way on one issue for the other, and is better off over the two, from [R, P] gains on each."""
    both = first + second
    better = both > TIE
    gave_first = better & (first < -TIE) & (second > TIE)
    gave_second = better & (second < -TIE) & (first > TIE)
    return np.where(gave_first, both, 0.0), np.where(gave_second, both, 0.0)


def exchange(took_part: Sides, groups: Groups) -> tuple[Mask, float, float]:
    """The exchange between two groups: [R] where it occurs, which is where a member of each takes part.

    An exchange needs p and q with p giving way on the first issue, on which q gained, and q giving way on the second,
    on which p gained, both better off over the two: that is one party on each side of `took_part`. Also told is the
    mean gain there over both issues of those of each group who took part, in stakes; 0 where none did.
    """
    gave, took = (side[:, list(group)] for side, group in zip(took_part, groups, strict=True))
    runs = np.asarray(gave.any(axis=1) & took.any(axis=1))
    givers, takers = (float(gained[gained > 0].mean()) if runs.any() else 0.0 for gained in (gave[runs], took[runs]))
    return runs, givers, takers


@dataclass(frozen=True)
class Trade:
    """One exchange between two groups of parties over two issues."""

    givers: tuple[str, ...]
    """Who gave way on `issue` and gained on `other_issue`."""
    issue: str
    takers: tuple[str, ...]
    """Who gave way on `other_issue` and gained on `issue`."""
    other_issue: str
    share: Estimate
    """Share of the decided runs, with the interval by draw."""
    one_by_one: float
    """The same share if the issues are settled one by one with the same draws and chance: how often gains fall so
    without any linking."""
    givers_gain: float
    """Mean gain of the givers over both issues, stakes, where the exchange occurs."""
    takers_gain: float


@dataclass(frozen=True)
class Pair:
    """Gains of every party on two issues: in the package, and one by one."""

    issues: tuple[str, str]
    package: tuple[Floats, Floats]  # [R, P] each
    apart: tuple[Floats, Floats]  # [R', P] each, at least one run


def trades(
    pair: Pair, groups: Sequence[Groups] | None, names: Sequence[str], *, draw: Ints, n_draws: int
) -> list[Trade]:
    """Exchanges between groups over two issues that occur in some run, the `TOP` most frequent.

    Between the groups of `same_runs` where none are given; of parties with these names [P], in the package's runs of
    these draws [R] of D.
    """
    together, apart = sides(*pair.package), sides(*pair.apart)
    n_runs = np.bincount(draw, minlength=n_draws)
    result: list[Trade] = []
    for givers, takers in same_runs(together) if groups is None else groups:
        runs, givers_gain, takers_gain = exchange(together, (givers, takers))
        if not runs.any():
            continue
        result.append(
            Trade(
                givers=tuple(names[p] for p in givers),
                issue=pair.issues[0],
                takers=tuple(names[p] for p in takers),
                other_issue=pair.issues[1],
                share=ratios(np.bincount(draw[runs], minlength=n_draws), n_runs).at(),
                one_by_one=float(exchange(apart, (givers, takers))[0].mean()),
                givers_gain=givers_gain,
                takers_gain=takers_gain,
            )
        )
    return most_frequent(result)


def most_frequent(exchanges: Sequence[Trade]) -> list[Trade]:
    """The `TOP` most frequent; of those as frequent, the ones that are rarer one by one first."""
    return sorted(exchanges, key=lambda trade: (-trade.share.value, trade.one_by_one - trade.share.value))[:TOP]


def same_runs(took_part: Sides) -> list[Groups]:
    """Every two parties that exchange in some run, those that do so in the very same runs as one group.

    First those who gave way on the second issue are put together for each of the others, then those of the others for
    whom this gives the same group in the same runs.
    """
    first, second = (side > 0 for side in took_part)
    takers: dict[tuple[int, bytes], list[int]] = {}
    for p, q in zip(*np.nonzero(first.T.astype(np.float64) @ second), strict=True):
        takers.setdefault((int(p), (first[:, p] & second[:, q]).tobytes()), []).append(int(q))
    givers: dict[tuple[bytes, tuple[int, ...]], list[int]] = {}
    for (p, runs), members in takers.items():
        givers.setdefault((runs, tuple(members)), []).append(p)
    return [(tuple(members), group) for (_, group), members in givers.items()]


def opposite_sides(places: Floats, reference: Floats) -> list[Groups]:
    """Every two groups of parties that lie on opposite sides of the reference on both issues (Stokman & Van Oosten).

    A party [P, 2] at the reference point [2] of an issue, which can only give way there, counts on both sides of it;
    with nan it has no position, trades nothing there and is in no group.
    """
    side = np.sign(places - reference[None, :])
    groups: list[Groups] = []
    for first, second in product((-1.0, 1.0), repeat=2):
        own, across = (((side == [sign * first, sign * second]) | (side == 0.0)).all(axis=1) for sign in (1.0, -1.0))
        if own.any() and across.any():
            groups.append((tuple(np.flatnonzero(own).tolist()), tuple(np.flatnonzero(across).tolist())))
    return groups
