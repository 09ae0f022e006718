"""The stationary equilibrium of bargaining over a finite set of deals, under any consent rule.

The game of Baron & Ferejohn (1989, American Political Science Review 83) in the general form of Banks & Duggan (2000,
APSR 94; 2006, Quarterly Journal of Political Science 1, with a status quo): each round a party is recognised and
proposes a deal or passes; the deal is made if those who accept satisfy the consent rule, the proposer counting as one
of them; otherwise everybody lives with the status quo for the round and the next one begins. A deal `x` made in round
`t` (from 0) is worth, per round and on average,

    (1 - d_i^t) q_i + d_i^t u_i(x)

so talks that never end are worth `q_i`: that is the breakdown value. The same numbers follow if `d_i` is the chance
that talks survive a round and `q_i` what their collapse brings (Binmore, Rubinstein & Wolinsky 1986, RAND Journal 17).
In a stationary equilibrium party `i` accepts what is worth more than its threshold `r_i = (1 - d_i) q_i + d_i v_i`,
with `v_i` its expected utility at the start of the next round, and proposers take the best for themselves.

Where deals stand for a continuum, let their grid be finer than `1 - d`: on a coarser one nobody gains a step by waiting
and nearly every division is an equilibrium (van Damme, Selten & Winter 1990, Games and Economic Behavior 2).

Over finitely many deals a pure one need not exist. What is solved is the logit version, whose parties mix when they are
nearly indifferent (`logit_bargaining`), at a precision so high that no choice costs its party more than `regret`.

Shape letters: N deals, P parties, S states (1, or with alternating order P).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import inf, log
from typing import Annotated, Literal

import numpy as np

from sim.bargaining.consent_rules import ConsentRule, coalition_table
from sim.bargaining.logit_bargaining import RoundResponse, RoundSystem, residual_and_slopes, respond
from sim.bargaining.path_following import Traced, trace
from sim.types.arrays import Floats
from sim.types.marks import EXACT, HIDDEN, Axes

Order = Literal["random", "alternating"]

TOLERANCE = 1e-8  # residual at which a solution counts as converged
FIRST_PRECISION = 1.0
FINAL_PRECISION = 2e4  # per range of a party's utilities: mistakes beyond about 1e-3 of the range do not occur
MAX_EVALUATIONS = 8000
MAX_PARTIES = 12  # 2^P coalitions are listed for each deal
NO_AGREEMENT = 1e-12  # chances of agreement below this are none: what logit leaves of a strict refusal


@dataclass(frozen=True)
class BargainingGame:
    """The game: who may propose, what each deal is worth to whom, and whose consent it takes."""

    utilities: Floats  # [N, P] worth of each deal, in each party's own unit
    recognition: Floats  # [P] chance of proposing; with alternating order, of opening
    discount: Floats  # [P] in [0, 1)
    status_quo: Floats  # [P] worth of each round without agreement
    rule: ConsentRule
    order: Order = "random"  # drawn anew each round, or in turn: party i, then i + 1, ..., then 0

    def __post_init__(self) -> None:
        """Copy the arrays, make them read-only, and refuse what is no game."""
        for name in ("utilities", "recognition", "discount", "status_quo"):
            array = np.array(getattr(self, name), dtype=np.float64)
            if not np.isfinite(array).all():
                raise ValueError(f"{name} must be finite")
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        _check_shapes(self)
        if (self.recognition < 0).any() or abs(self.recognition.sum() - 1) > 1e-9:
            raise ValueError(f"recognition must be chances that sum to 1, got {self.recognition}")
        if (self.discount < 0).any() or (self.discount >= 1).any():
            raise ValueError(f"discount must be in [0, 1), got {self.discount}")
        if self.order not in ("random", "alternating"):
            raise ValueError(f"order must be 'random' or 'alternating', got {self.order!r}")


def _check_shapes(game: BargainingGame) -> None:
    """Refuse arrays and rules that are not all for the same parties, and more parties than can be listed."""
    if game.utilities.ndim != 2 or 0 in game.utilities.shape:
        raise ValueError(f"utilities must be deals x parties, got shape {game.utilities.shape}")
    n_parties = game.utilities.shape[1]
    for name in ("recognition", "discount", "status_quo"):
        if getattr(game, name).shape != (n_parties,):
            raise ValueError(f"{name} must hold {n_parties} parties, got shape {getattr(game, name).shape}")
    if game.rule.n_parties != n_parties:
        raise ValueError(f"the rule is for {game.rule.n_parties} parties, the game has {n_parties}")
    if n_parties > MAX_PARTIES:
        raise ValueError(f"at most {MAX_PARTIES} parties, got {n_parties}")


@dataclass(frozen=True)
class StationaryEquilibrium:
    """What each party expects, accepts and proposes. Rows `j` hold for the rounds in which party `j` proposes."""

    values: Annotated[Floats, Axes("seat")]
    """[P] expected utility before the first round, per round, in the party's own unit."""
    thresholds: Annotated[Floats, Axes("seat", "seat")]
    """[P, P] [j, i]: least that i accepts from j; equal rows if the order is random."""
    proposals: Annotated[Floats, HIDDEN]  # [P, N] chance that j proposes the deal
    passing: Annotated[Floats, Axes("seat")]
    """[P] chance that j proposes nothing."""
    acceptance: Annotated[Floats, HIDDEN]  # [P, N, P] [j, x, i]: chance that i accepts x from j; 1 for j itself
    passage: Annotated[Floats, HIDDEN]  # [P, N] chance that x is made if j proposes it
    by_proposer: Annotated[Floats, Axes("seat", "seat")]
    """[P, P] [j, i]: what i expects when j has been recognised."""
    agreement: Annotated[Floats, Axes("seat")]
    """[P] chance that a round in which j proposes ends in a deal."""
    settles: float
    """Chance that talks ever end in a deal."""
    expected_rounds: float
    """Until the deal, counting its own round; infinite if talks may go on for ever."""
    outcome: Annotated[Floats, HIDDEN]  # [N] chance that talks end in the deal; sums to `settles`
    residual: Annotated[float, EXACT]
    """Sup norm of F(v) - v at `precision`, each party's range of utilities being 1."""
    regret: Annotated[float, EXACT]
    """Most that any choice expects to cost its party in the exact game, in the same unit."""
    precision: float
    """Of the logit answers and proposals."""
    iterations: int
    """Evaluations of F."""
    converged: bool
    """Whether the residual is at most the tolerance; if not, nothing here is an equilibrium."""


def stationary_equilibrium(
    game: BargainingGame, *, precision: float = FINAL_PRECISION, max_evaluations: int = MAX_EVALUATIONS
) -> StationaryEquilibrium:
    """The logit equilibrium on the branch that begins where all choices are even; see the head of the module.

    Utilities are normalised per party to `(u - q) / (max - min)`, the status quo among the extremes, so a positive
    affine change of one party's utilities, its status quo with them, changes its values and thresholds alike and
    nothing else. Symmetric games get symmetric equilibria. Where several exist, the one on the branch is returned. Read
    `converged` first: it says whether the residual is within the tolerance.

    The final precision, above 1, bounds the regret by about `log(N precision) / precision`. After `max_evaluations` the
    search stops, most likely without having converged.
    """
    if not precision > FIRST_PRECISION:
        raise ValueError(f"precision must be above {FIRST_PRECISION:g}, got {precision:g}")
    system = _system(game)
    start = np.zeros(system.n_states * game.utilities.shape[1])
    ends = log(FIRST_PRECISION), log(precision)
    traced = trace(partial(residual_and_slopes, system), start, ends, target=TOLERANCE, most=max_evaluations)
    return _report(game, system, traced, precision)


def utility_range(game: BargainingGame) -> Floats:
    """Range of each party's utilities, status quo included; 1 for a party that all of it leaves cold: [P]."""
    span = np.ptp(np.vstack((game.utilities, game.status_quo)), axis=0)
    return np.where(span > 0, span, 1.0)


def _system(game: BargainingGame) -> RoundSystem:
    """The game in normalised utilities, one event per proposer."""
    scale = utility_range(game)
    turns = np.arange(len(scale))
    alternating = game.order == "alternating"
    return RoundSystem(
        utilities=(game.utilities - game.status_quo) / scale,
        discount=game.discount,
        winning=coalition_table(game.rule).astype(np.float64),
        proposer=turns,
        weight=np.ones(len(scale)) if alternating else game.recognition,
        state=turns if alternating else np.zeros_like(turns),
        next_state=np.roll(turns, -1) if alternating else np.zeros_like(turns),
        n_states=len(scale) if alternating else 1,
    )


def _report(game: BargainingGame, system: RoundSystem, traced: Traced, precision: float) -> StationaryEquilibrium:
    """Play at the values where the search ended, in each party's own unit."""
    scale = utility_range(game)
    play = respond(system, traced.unknowns.reshape(system.n_states, -1), precision)
    agreed = play.proposals * play.passage
    settles, rounds, outcome = _ending(game, agreed)
    by_proposer = game.status_quo + scale * play.by_event
    return StationaryEquilibrium(
        values=game.recognition @ by_proposer,
        thresholds=game.status_quo + scale * play.thresholds,
        proposals=play.proposals,
        passing=np.maximum(1 - play.proposals.sum(axis=1), 0.0),
        acceptance=play.acceptance,
        passage=play.passage,
        by_proposer=by_proposer,
        agreement=agreed.sum(axis=1),
        settles=settles,
        expected_rounds=rounds,
        outcome=outcome,
        residual=traced.residual,
        regret=_regret(system, play),
        precision=precision,
        iterations=traced.iterations,
        converged=bool(traced.residual <= TOLERANCE),
    )


def _ending(game: BargainingGame, agreed: Floats) -> tuple[float, float, Floats]:
    """Chance that talks settle, expected rounds until they do, and where: from `agreed [P, N]` per recognised party.

    With random order each round ends talks with the same chance. In turn, the chance that turn `j` is reached is that
    of all before it failing, summed over the laps.
    """
    agreement = agreed.sum(axis=1)
    if game.order == "random":
        reached, lap_fails = game.recognition, 1 - float(game.recognition @ agreement)
    else:
        fails = np.where(agreement > NO_AGREEMENT, np.maximum(1 - agreement, 0.0), 1.0)
        lap_fails = float(np.prod(fails))
        n_parties = len(agreement)
        reached = np.zeros(n_parties)
        for first, chance in enumerate(game.recognition):
            for step in range(n_parties):
                reached[(first + step) % n_parties] += chance
                chance *= fails[(first + step) % n_parties]
    if 1 - lap_fails <= NO_AGREEMENT:
        return 0.0, inf, np.zeros(agreed.shape[1])
    visits = reached / (1 - lap_fails)
    return 1.0, float(visits.sum()), visits @ agreed


def _regret(system: RoundSystem, play: RoundResponse) -> float:
    """Most that a proposer's mixing, or an answer, expects to cost the party against its best choice.

    The residual's game is solved with errors of logit size; this bounds them: the strategies are an epsilon-equilibrium
    of the exact game with this epsilon in each decision (Radner 1980, Journal of Economic Theory 22).
    """
    events = np.arange(len(system.proposer))
    gap = system.utilities - play.thresholds[:, None, :]
    gain = play.passage * gap[events, :, system.proposer]
    missed = np.maximum(gain.max(axis=1), 0.0) - (play.proposals * gain).sum(axis=1)
    wrong = np.where(gap > 0, 1 - play.acceptance, play.acceptance) * np.abs(gap)
    wrong[events, :, system.proposer] = 0.0
    return float(max(missed.max(), wrong.max()))
