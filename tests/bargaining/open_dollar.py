"""The open rule's division of a dollar among equals: Baron & Ferejohn (1989), Proposition 4, and Primo (2007).

A proposer keeps `y` and gives `z = (1 - y) / m` to each of `m` of the `n - 1` others. Then another is recognised, each
with chance `q = 1 / (n - 1)`. A partner moves the vote, and the proposal carries; an outsider amends with a proposal of
its own of the same form, without the former proposer, which carries: who is offered the same by both votes for the
amendment. With `V` what the proposer expects while its text is on the floor, `C` a partner, `E` an outsider,
and `r` and `s` the chances of a partner and of another outsider to be among the amender's partners,

    V = m q y + (n - 1 - m) q d E
    C = m q z + (n - 1 - m) q d (r C + (1 - r) E)
    E = q d V + (n - 2 - m) q d (s C + (1 - s) E)
    z = d V                                           a partner does not gain by amending
    m maximises V

For n = 3 these are y = 1 / (1 + 2 d) with m = 2 up to d = sqrt(3) - 1, and from there y = (4 - d^2) / (4 - d^2 + 2 d)
with m = 1. Whom amenders court is open for n > 3 (Primo 2007, Public Choice 130): the outsiders first, or all but the
former proposer alike. Either is solved here; the values differ a little.

What is checked: `best_deviation` asks whether a proposer gains by seeking another number of partners once. For n = 3
and d between 0.618 (1 - d - d^2 = 0) and sqrt(3) - 1 it would, if an amender then gave to both others; two partners are
proposed all the same if amenders sometimes give to one alone. For n = 3 the general solver (`open_rule_equilibrium`),
which knows unequal offers too, finds the same divisions. For n > 3 only deviations in the number of partners have been
checked: it is the equilibrium of the equations above, derived anew and not compared with the tables in print. Once, for
n = 5 and d = 0.9 over a hundred equal divisions, the general solver gave two partners and the same value to all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Courted = Literal["outsiders", "alike"]


@dataclass(frozen=True)
class OpenDollar:
    """The symmetric equilibrium; shares of the dollar before discounting."""

    n: int
    discount: float
    partners: int  # m
    share: float  # y, what the proposer keeps
    offer: float  # z, what each partner gets
    proposer: float  # V, what the proposer expects once its text is on the floor
    partner: float  # C
    outsider: float  # E

    @property
    def at_once(self) -> float:
        """Chance that the first text on the floor is agreed."""
        return self.partners / (self.n - 1)

    @property
    def sessions(self) -> float:
        """Expected number of sessions until agreement, the first included."""
        return 1.0 / self.at_once

    @property
    def value(self) -> float:
        """What everybody expects before anybody is recognised."""
        return (self.proposer + self.partners * self.partner + (self.n - 1 - self.partners) * self.outsider) / self.n

    def best_deviation(self) -> float:
        """Most that a proposer could add by seeking another number of partners once, all else as it is; 0 for none.

        The partners of the deviation get `offer`; amenders answer it with the equilibrium's proposal.
        """
        q = 1.0 / (self.n - 1)
        former = self.outsider if self.partners < self.n - 1 else self.partner
        best = 0.0
        for m in range(_fewest(self.n), self.n):
            agreed = m * q * (1.0 - m * self.offer)
            best = max(best, agreed + (self.n - 1 - m) * q * self.discount * former - self.proposer)
        return best


def open_dollar(n: int, discount: float, *, courted: Courted = "outsiders") -> OpenDollar:
    """The equilibrium of the open rule under simple majority.

    Args:
        n: parties, odd and 3 or more, recognised with equal chance.
        discount: of a session, in (0, 1].
        courted: whom amenders give to, the outsiders first or all but the former proposer alike.

    Raises:
        ValueError: for other numbers.
    """
    if n < 3 or n % 2 == 0:
        raise ValueError(f"n must be odd and 3 or more, got {n}")
    if not 0.0 < discount <= 1.0:
        raise ValueError(f"discount must be in (0, 1], got {discount:g}")
    found = [_with_partners(n, discount, m, courted=courted) for m in range(_fewest(n), n)]
    return max(found, key=lambda one: one.proposer)


def _fewest(n: int) -> int:
    """Partners of a bare majority."""
    return (n - 1) // 2


def _with_partners(n: int, d: float, m: int, *, courted: Courted) -> OpenDollar:
    """The three equations at the head of the module for `m` partners."""
    q, outsiders = 1.0 / (n - 1), n - 1 - m
    again, others = 1.0, outsiders - 1  # chances of partners and of other outsiders to be courted by an amender
    if outsiders > 0:
        again = (m - others) / m if courted == "outsiders" else m / (n - 2)
    new = 1.0 if courted == "outsiders" else again
    w = q * d
    left = np.array([
        [1.0 + m * q * m * d, 0.0, -outsiders * w],
        [-m * w, 1.0 - outsiders * w * again, -outsiders * w * (1.0 - again)],
        [-w, -max(others, 0) * w * new, 1.0 - max(others, 0) * w * (1.0 - new)],
    ])  # fmt: skip
    proposer, partner, outsider = np.linalg.solve(left, np.array([m * q, 0.0, 0.0])).tolist()
    return OpenDollar(
        n=n,
        discount=d,
        partners=m,
        share=1.0 - m * d * proposer,
        offer=d * proposer,
        proposer=proposer,
        partner=partner,
        outsider=outsider if outsiders else 0.0,
    )
