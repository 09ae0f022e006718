"""One round of bargaining in which parties answer and propose by logit, with its derivatives, and the solver for it.

Utilities come normalised: breakdown is worth 0 to every party and its range of utilities is 1. An event `e` is one
proposer's turn; `state` says after which refusal it may come, `next` which state a refusal leads to. With values
`v[s, i]` at the start of state `s`, thresholds are `r[e, i] = d_i v[next_e, i]`, and at precision `L`

    a[e, x, i] = 1 / (1 + exp(-L (u[x, i] - r[e, i])) / L)          party i accepts; the proposer always does
    A[e, x]    = sum over winning coalitions C of prod_{i in C} a prod_{i not in C} (1 - a)       deal x is made
    q[e, x]   ~ exp(L A[e, x] (u[x, j_e] - r[e, j_e])), passing ~ exp(0)                  proposer j_e proposes x
    V[e, i]    = r[e, i] + sum_x q[e, x] A[e, x] (u[x, i] - r[e, i])
    F(v)[s, i] = sum over events e of state s of p_e V[e, i]

whose fixed points `v = F(v)` are the logit (agent quantal response) equilibria of McKelvey & Palfrey (1998),
Experimental Economics 1, in stationary strategies. They exist at any precision (Brouwer), mix by themselves, and tend
to stationary equilibria of the exact game as L grows. The odds of yes are multiplied by L so that in the limit a party
that is indifferent accepts, as published models have it; with even odds a proposer would rather pay the next higher
price on the grid. The yes so given away costs at most about `log(L) / L`.

Shape letters: E events, S states, N deals, P parties, M = S * P unknowns.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np

from sim.types.arrays import Floats, Ints

NEVER = 1e-16  # deals that nobody proposes with more than this chance are left out of the derivatives


@dataclass(frozen=True)
class RoundSystem:
    """Arrays of the fixed-point system; see the head of the module."""

    utilities: Floats  # [N, P] normalised
    discount: Floats  # [P]
    winning: Floats  # [2^P] 1 where the coalition makes a deal, party 0 the highest bit
    proposer: Ints  # [E]
    weight: Floats  # [E] probability of the event in its state
    state: Ints  # [E]
    next_state: Ints  # [E]
    n_states: int


@dataclass(frozen=True)
class RoundResponse:
    """What parties do, and expect, in each event at given values and precision."""

    thresholds: Floats  # [E, P]
    acceptance: Floats  # [E, N, P]
    passage: Floats  # [E, N]
    proposals: Floats  # [E, N]; what is missing to 1 is passing
    by_event: Floats  # [E, P] expected utility V


def respond(system: RoundSystem, values: Floats, precision: float) -> RoundResponse:
    """Logit answers and proposals at `values [S, P]`: the formulas at the head of the module."""
    from scipy.special import expit

    events = np.arange(len(system.proposer))
    thresholds = system.discount * values[system.next_state]
    gap = system.utilities - thresholds[:, None, :]
    acceptance = expit(precision * gap + log(precision))
    acceptance[events, :, system.proposer] = 1.0
    passage = _folds(_by_party(acceptance), system.winning)[0].reshape(acceptance.shape[:2])
    logits = precision * passage * gap[events, :, system.proposer]
    top = np.maximum(logits.max(axis=1, keepdims=True), 0.0)
    odds = np.exp(logits - top)
    proposals = odds / (odds.sum(axis=1, keepdims=True) + np.exp(-top))
    by_event = thresholds + np.matmul((proposals * passage)[:, None, :], gap)[:, 0, :]
    return RoundResponse(thresholds, acceptance, passage, proposals, by_event)


def chance_of_passing(acceptance: Floats, winning: Floats) -> Floats:
    """Probability that each of K proposals is made, [K], from the chance of each party's consent, [K, P]."""
    return _folds(np.ascontiguousarray(acceptance.T), winning)[0]


def _folds(acceptance: Floats, winning: Floats) -> tuple[Floats, list[Floats]]:
    """Probability [K] that a deal is made, and what each party's consent adds to it, by the parties after it.

    The multilinear extension of the simple game (Owen 1972, Management Science 18), folded party by party from the
    table of coalitions [2^P]. Acceptance is [P, K], contiguous in K; what party `i` adds is [2^(P - 1 - i), K], of the
    first party [2^(P - 1), 1].
    """
    current = winning[:, None]
    added: list[Floats] = []
    for yes in acceptance:
        half = len(current) // 2
        added.append(current[half:] - current[:half])
        current = current[:half] + yes * added[-1]
    return current[0], added


def _pivots(acceptance: Floats, winning: Floats) -> Floats:
    """Derivative of the passage in each acceptance, [P, K]: the chance that the others leave it to that party."""
    _, added = _folds(acceptance, winning)
    pivots = np.empty_like(acceptance)
    after = np.ones((1, acceptance.shape[1]))  # chance of each pattern of answers of the parties after party i
    for i in range(len(acceptance) - 1, -1, -1):
        np.einsum("ck,ck->k", after, np.broadcast_to(added[i], after.shape), out=pivots[i])
        if i:
            yes = after * acceptance[i]
            after = np.concatenate((after - yes, yes))
    return pivots


def _by_party(acceptance: Floats) -> Floats:
    """Lay [E, N, P] out as [P, E * N]."""
    return np.ascontiguousarray(acceptance.transpose(2, 0, 1).reshape(acceptance.shape[2], -1))


def residual_and_slopes(system: RoundSystem, unknowns: Floats, log_precision: float) -> tuple[Floats, Floats]:
    """`F(v) - v` [M] and its derivatives [M, M + 1] in the values and, last, in the log of the precision."""
    n_parties = len(system.discount)
    values = unknowns.reshape(system.n_states, n_parties)
    precision = exp(log_precision)
    seen = respond(system, values, precision)
    live = (seen.proposals > NEVER).any(axis=0)
    gap = system.utilities[live] - seen.thresholds[:, None, :]
    acceptance, passage, proposals = seen.acceptance[:, live], seen.passage[:, live], seen.proposals[:, live]
    events = np.arange(len(system.proposer))
    own = gap[events, :, system.proposer]
    pivots = _pivots(_by_party(acceptance), system.winning).reshape(-1, *passage.shape).transpose(1, 2, 0)
    steep = precision * pivots * acceptance * (1 - acceptance)  # 0 for the proposer
    d_passage = np.concatenate((-steep, (steep * (gap + 1 / precision)).sum(axis=2, keepdims=True)), axis=2)
    d_gain = d_passage * own[:, :, None]
    d_gain[events, :, system.proposer] -= passage
    d_gain[:, :, -1] += passage * own
    drift = np.matmul(proposals[:, None, :], d_gain)
    agreed = proposals * passage
    d_agreed = precision * agreed[:, :, None] * (d_gain - drift) + proposals[:, :, None] * d_passage
    d_event = np.matmul(gap.transpose(0, 2, 1), d_agreed)  # [E, P, P + 1]
    diagonal = np.arange(n_parties)
    d_event[:, diagonal, diagonal] += 1 - agreed.sum(axis=1)[:, None]
    result = np.zeros((system.n_states, n_parties))
    slopes = np.zeros((system.n_states, n_parties, system.n_states, n_parties))
    in_precision = np.zeros((system.n_states, n_parties))
    np.add.at(result, system.state, system.weight[:, None] * seen.by_event)
    np.add.at(in_precision, system.state, system.weight[:, None] * d_event[:, :, -1])
    for e in events:
        block = system.weight[e] * d_event[e, :, :-1] * system.discount
        slopes[system.state[e], :, system.next_state[e], :] += block
    size = unknowns.size
    matrix = np.concatenate((slopes.reshape(size, size) - np.eye(size), in_precision.reshape(size, 1)), axis=1)
    return result.ravel() - unknowns, matrix
