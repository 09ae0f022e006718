"""Strategies of your own, for single runs: write a class with `offer` and `accepts`, and hand it to `play`.

    class TakeAnything:
        def offer(self, view):
            return view.best()

        def accepts(self, view, deal):
            return view.gain(deal) >= 0.0

    play(encoder, format_index=0, draw=0, replication=0, strategies={"upper": TakeAnything()})

Before you rely on one, let `sim.engines.conformance.check_strategy` look at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np

from sim.engines.steps import Ground
from sim.types.structure import Structure
from sim.types.transcript import Deal
from sim.types.work import OFFER

MOST_LISTED = 1_000_000


class Strategy(Protocol):
    """How a party bargains. It sees its own interests and what has been said, and nothing of the others' minds."""

    def offer(self, view: View) -> Deal | None:
        """The text to put on the table this round, one option per issue; None to pass."""
        ...

    def accepts(self, view: View, deal: Deal) -> bool:
        """Whether to take a text that another has put."""
        ...


@dataclass(frozen=True)
class View:
    """What a party's strategy is told in a round."""

    structure: Structure
    party: int
    round: int
    """Rounds begun, from 0."""
    n_rounds: int
    month: int
    in_hand: Deal
    """The text agreed so far, or the status quo."""
    heard: tuple[tuple[int, Deal], ...]
    """(speaker, text) of the texts of the round before, in speaking order."""
    ground: Ground
    lane: int
    world: int

    @classmethod
    def of(cls, ground: Ground, *, party: int, lane: int, world: int, step: int) -> View:
        """The view of a party in round `step` of a lane."""
        w = ground.w
        heard: list[tuple[int, Deal]] = []
        if step > int(w.first_round[lane]):
            speakers = [*w.seats[: int(w.n_seats[0])].tolist(), *([int(w.drafter[0])] if w.drafter[0] >= 0 else [])]
            for q in dict.fromkeys(speakers):
                if q != party and w.kind[lane, step - 1, q] == OFFER:
                    heard.append((q, ground.deal_of(w.offer[lane, step - 1, q])))
        return cls(
            structure=ground.structure,
            party=party,
            round=step,
            n_rounds=int(ground.t.n_rounds[ground.fmt]),
            month=ground.month_of(step),
            in_hand=ground.deal_of(w.base[lane]),
            heard=tuple(heard),
            ground=ground,
            lane=lane,
            world=world,
        )

    @property
    def id(self) -> str:
        """The party's id in the file."""
        return self.structure.parties[self.party].id

    def gain(self, deal: Deal) -> float:
        """What the deal is worth to the party beyond its reservation value, stakes.

        Raises:
            ValueError: for a deal that rules exclude or that does not fit the issues.
        """
        t = self.ground.t
        alone = self._value(t.status_quo) + float(t.outside[self.world, self.party])
        return self._value(self.composites_of(deal)) - max(alone, self._value(self.ground.w.fallback[self.lane]))

    def is_open(self, deal: Deal) -> bool:
        """True if the deal may be put on the table here: feasible, on the agenda, across no firm line of the party."""
        try:
            chosen = self.composites_of(deal)
        except ValueError:
            return False
        t, w = self.ground.t, self.ground.w
        places = list(enumerate(chosen.tolist()))
        on_agenda = all(w.open[self.lane, c, o] for c, o in places)
        return on_agenda and not any(t.barred[self.world, self.party, c, o] for c, o in places) and self._kept(chosen)

    def deals(self) -> Iterator[Deal]:
        """Every deal that may be put on the table here.

        Raises:
            ValueError: if there are more than a million.
        """
        t, w = self.ground.t, self.ground.w
        usable = [self._usable(c) for c in range(len(t.n_options))]
        count = float(np.prod(list(map(len, usable))))
        if count > MOST_LISTED:
            raise ValueError(f"{count:.3g} deals are too many to list; look for single changes of `in_hand` instead")
        for chosen in product(*usable):
            deal = np.array(chosen, dtype=w.base.dtype)
            if self._kept(deal):
                yield self.ground.deal_of(deal)

    def best(self) -> Deal:
        """The deal that is best for the party alone among those that may be put on the table.

        The text in hand where there is none.
        """
        w, usable = self.ground.w, [self._usable(c) for c in range(len(self.ground.t.n_options))]
        deals = (self._best_of(usable, way) for way in product(*map(self._ways, self._lines())))
        found = [deal for deal in deals if deal is not None and self._kept(deal)]
        return self.ground.deal_of(max(found, key=self._value, default=w.base[self.lane]))

    def _best_of(self, usable: list[list[int]], way: tuple[np.ndarray, ...]) -> np.ndarray | None:
        """[C] the best choice of usable options that all masks [C, O] of a way leave; None if there is none."""
        t, price = self.ground.t, self._price()
        left = [[o for o in options if all(mask[c, o] for mask in way)] for c, options in enumerate(usable)]
        if not all(left):
            return None
        worth = t.contribution[self.world, self.party] - price * t.ending
        best = [max(options, key=lambda o: worth[c, o]) for c, options in enumerate(left)]
        return np.array(best, dtype=np.int64)

    def _lines(self) -> list[int]:
        """The party's own conditional lines that are meant and say something here."""
        t, w = self.ground.t, self.ground.w
        firm = t.line_firm[self.world, self.party].nonzero()[0].tolist()
        return [line for line in firm if not w.line_waits[self.lane, line]]

    def _ways(self, line: int) -> list[np.ndarray]:
        """Masks [C, O], one for each way to keep a line: a part of `if` not met, or all of `unless` met."""
        t = self.ground.t
        ways: list[np.ndarray] = []
        for c in t.line_if_in[line].nonzero()[0].tolist():
            mask = np.ones(t.ending.shape, dtype=np.bool_)
            mask[c] = t.line_if[line, c] == 0
            ways.append(mask)
        if t.line_unless_in[line].any():
            ways.append(t.line_unless[line] == 1)
        return ways

    def _kept(self, deal: np.ndarray) -> bool:
        """True if a deal [C] breaks none of `_lines`."""
        return all(
            any(all(mask[c, o] for c, o in enumerate(deal)) for mask in self._ways(line)) for line in self._lines()
        )

    def composites_of(self, deal: Deal) -> np.ndarray:
        """[C] options of the composites that a deal picks.

        Raises:
            ValueError: for a deal that rules exclude or that does not fit the issues.
        """
        t = self.ground.t
        sizes = [len(issue.options) for issue in self.structure.issues]
        if len(deal) != len(sizes) or any(not 0 <= o < size for o, size in zip(deal, sizes, strict=True)):
            raise ValueError(f"a deal has one option per issue, {sizes} of them to choose from, not {deal}")
        options = np.zeros(len(t.n_options), dtype=np.int64)
        for c in range(len(t.n_options)):
            issues = np.flatnonzero(t.issue_composite == c)
            part = np.array(deal)[issues]
            fits = (t.issue_option[issues, : t.n_options[c]] == part[:, None]).all(axis=0)
            if not fits.any():
                raise ValueError(f"rules exclude this combination of issues {issues.tolist()}: {part.tolist()}")
            options[c] = int(np.argmax(fits))
        return options

    def _usable(self, composite: int) -> list[int]:
        t, w = self.ground.t, self.ground.w
        here = int(w.base[self.lane, composite])
        barred = t.barred[self.world, self.party, composite]
        options = range(int(t.n_options[composite]))
        return [o for o in options if w.open[self.lane, composite, o] and (o == here or not barred[o])]

    def _price(self) -> float:
        t = self.ground.t
        return float(t.price[self.world, self.party] + t.drift[self.world, self.party] * self.month)

    def _value(self, chosen: np.ndarray) -> float:
        t, price = self.ground.t, self._price()
        parts = [t.contribution[self.world, self.party, c, o] - price * t.ending[c, o] for c, o in enumerate(chosen)]
        return float(sum(parts))
