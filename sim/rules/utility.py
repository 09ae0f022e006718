"""Utility of deals in stakes, the price of no settlement, and the reservation value.

With `b_p(t) = price + drift * t` paid until the ending issue is settled, total value is
`U_p(x, t) = sum_c contribution[p, c, x_c] + b_p(t) * (1 - ending(x))`. The rules work with gains, in which the constant
`b_p(t)` cancels: `gain_p(x, t) = V_p(x, t) - floor_p(t)` with `V_p(x, t) = sum_c (contribution - b_p(t) * ending)`.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.rules.kernel import inlined, kernel
from sim.rules.lines import NOWHERE, crosses_condition
from sim.types import work as at
from sim.types.tables import CORE, Floats, Ints, Tables
from sim.types.work import Work


@inlined
def month_at(t: Tables, w: Work, fmt: int, step: int) -> float:
    """Month of round `step`, from 0; the months of earlier legs of a track come before."""
    return float(w.state[at.MONTHS] + step // t.rounds_per_month[fmt])


@inlined
def price_at(t: Tables, world: int, party: int, month: float) -> float:
    """Price of no settlement `b_p(month)`, stakes: the file's price now plus its drift. Negative when it hurts."""
    return t.price[world, party] + t.drift[world, party] * month


@kernel
def value_of(t: Tables, world: int, party: int, deal: Ints, month: float) -> float:
    """`V_p(x, t)`: contributions of the composite options of `deal` [C], the price counted as relief once it stops."""
    price = price_at(t, world, party, month)
    total = 0.0
    for c in range(deal.shape[0]):
        total += t.contribution[world, party, c, deal[c]] - price * t.ending[c, deal[c]]
    return total


@kernel
def floor_of(t: Tables, world: int, party: int, base: Ints, month: float) -> float:
    """What a party has without a further agreement: status quo plus outside option, or `base` if that is better.

    `base` [C] is the text in hand (the status quo when there is none). This is the reservation value in the units of
    `value_of`.
    """
    alone = value_of(t, world, party, t.status_quo, month) + t.outside[world, party]
    return max(alone, value_of(t, world, party, base, month))


@kernel
def gains_of(t: Tables, world: int, deal: Ints, base: Ints, month: float, out: Floats) -> None:
    """True gains of every party from `deal` over its reservation value with `base` in hand, into `out` [P], stakes."""
    for p in range(out.shape[0]):
        out[p] = value_of(t, world, p, deal, month) - floor_of(t, world, p, base, month)


@kernel
def crosses(t: Tables, world: int, view: int, deal: Ints) -> bool:
    """True if a firm red line of the profile in row `view` forbids an option of `deal` [C], or what it combines."""
    return holds_barred(t, world, view, deal) or crosses_condition(t, world, view, deal, NOWHERE, NOWHERE)


@inlined
def holds_barred(t: Tables, world: int, view: int, deal: Ints) -> bool:
    """True if a firm red line of the profile in row `view` forbids an option of `deal` [C] by itself."""
    for c in range(deal.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if t.barred[world, view, c, deal[c]] == 1:
            return True
    return False


@kernel
def is_named(t: Tables, party: int, deal: Ints) -> bool:
    """True if an option of `deal` [C] names the party as a guarantor."""
    for c in range(deal.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if t.named[party, c, deal[c]] == 1:
            return True
    return False


@kernel
def settles_core(t: Tables, deal: Ints) -> bool:
    """True if every core issue stands at a settling option; False where the scenario has no core issue."""
    n_core = 0
    for i in range(t.level.shape[0]):
        if t.level[i] == CORE:
            n_core += 1
            if t.settles[i, deal[t.issue_composite[i]]] == 0:
                return False
    return n_core > 0


@kernel
def highest_level(t: Tables, deal: Ints) -> int:
    """Highest level of an issue that `deal` [C] moves: PROCESS, SUBSTANCE or CORE; -1 if it moves nothing."""
    highest = -1
    for i in range(t.level.shape[0]):
        if t.moved[i, deal[t.issue_composite[i]]] == 1:
            highest = max(highest, t.level[i])
    return highest


@kernel
def is_complete(t: Tables, fmt: int, deal: Ints) -> bool:
    """True if `deal` [C] settles every core issue that a single undertaking has on its agenda; any text without one."""
    for i in range(t.level.shape[0]):
        if t.undertaken[fmt, i] == 1 and t.settles[i, deal[t.issue_composite[i]]] == 0:
            return False
    return True


@inlined
def same_deal(a: Ints, b: Ints) -> bool:
    """True if two deals [C] pick the same option of every composite."""
    for c in range(a.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if a[c] != b[c]:
            return False
    return True


@inlined
def copy_row(source: NDArray[Any], target: NDArray[Any]) -> None:
    """Copy a deal [C], or another row of numbers."""
    for k in range(source.shape[0]):
        target[k] = source[k]
