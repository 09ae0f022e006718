"""A test for strategies of your own: does one keep to the table's rules, in every protocol?

    from sim.engines.conformance import check_strategy
    assert check_strategy(MyStrategy) == []

It is played in the first seat of small made-up talks of every protocol, and what it does is looked at turn by turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sim.engines.strategy import Strategy, View
from sim.engines.talk import play
from sim.scenario import Encoder, load_raw
from sim.types.tables import PROTOCOLS
from sim.types.transcript import Deal

NO_LOSS = -1e-9  # stakes: a gain this small is one of rounding
PLAYS = 3
WHO = "first"


@dataclass
class _Watched:
    """Hands everything on to a strategy and notes what it does wrong."""

    strategy: Strategy
    tempt: bool = False
    """Whether to ask it each round about the worst deal there is, which no other party would put to it."""
    wrong: list[str] = field(default_factory=list[str])

    def offer(self, view: View) -> Deal | None:
        deal = self.strategy.offer(view)
        if self.tempt:
            self.accepts(view, min(view.deals(), key=view.gain))
        if deal is None:
            return None
        if not isinstance(deal, tuple):  # pyright: ignore[reportUnnecessaryIsInstance]
            self.wrong.append(f"offers {deal!r}: an offer is a tuple of option numbers, or None")
            return None
        if not view.is_open(deal):
            self.wrong.append(f"offers {deal}, which is off the agenda, excluded or across its own firm line")
            return None
        if view.gain(deal) < NO_LOSS:
            self.wrong.append(f"offers {deal}, worth {view.gain(deal):.3f} to itself: below its reservation value")
        return deal

    def accepts(self, view: View, deal: Deal) -> bool:
        answer = self.strategy.accepts(view, deal)
        if not isinstance(answer, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            self.wrong.append(f"answers {answer!r}: an answer is True or False")
        if answer and view.gain(deal) < NO_LOSS:
            self.wrong.append(f"accepts {deal}, worth {view.gain(deal):.3f} to it: below its reservation value")
        return bool(answer)


def check_strategy(make: Callable[[], Strategy]) -> list[str]:
    """What is wrong with a strategy, in words; an empty list if nothing was found.

    Looked at, in talks of every protocol: offers are feasible, on the agenda and across no firm line of its own; it
    neither offers nor accepts less than its reservation value; and played again from the start it does the same again.

    `make` makes a fresh strategy for every talk: the class, if it needs no arguments. What it raises comes as it is.
    """
    faults: list[str] = []
    for protocol in PROTOCOLS:
        encoder = Encoder(load_raw(_talks(protocol)), seed=1)
        for draw in range(PLAYS):
            watched, tempted = _Watched(make()), _Watched(make(), tempt=True)
            first, again, _ = (_course(encoder, draw, strategy) for strategy in (watched, _Watched(make()), tempted))
            wrong = dict.fromkeys([*watched.wrong, *tempted.wrong])
            faults += [f"{protocol}, draw {draw}: {each}" for each in wrong]
            if first != again:
                faults.append(f"{protocol}, draw {draw}: played again, it does something else (chance or memory?)")
    return faults


def _course(encoder: Encoder, draw: int, strategy: Strategy) -> list[tuple[Any, ...]]:
    transcript = play(encoder, format_index=0, draw=draw, replication=0, strategies={WHO: strategy})
    return [(turn.speaker, turn.deal, turn.agreed) for turn in transcript.turns]


def _talks(protocol: str) -> dict[str, Any]:
    """Three parties, four issues, one linked pair, a firm line; the deals that all can live with are few."""
    two, three = {"o0": {}, "o1": {"settles": True}}, {"o0": {}, "o1": {}, "o2": {}}
    issues: dict[str, Any] = {
        "main": {"level": "core", "ends_price": True, "status_quo": "o0", "options": two},
        **{f"side{k}": {"level": "substance", "status_quo": "o0", "options": three} for k in range(3)},
    }
    parties = {name: _party(k, issues) for k, name in enumerate((WHO, "second", "third"))}
    talks: dict[str, Any] = {
        "protocol": protocol,
        "seats": dict.fromkeys(parties, "principal"),
        "calendar": {"months": 4, "rounds_per_month": 2},
    }
    if protocol == "baskets":
        talks["baskets"] = {"one": {"issues": ["main", "side0"]}, "two": {"issues": ["side1", "side2"]}}
    rules = {"in-order": {"excludes": [{"side0": "o2"}, {"side1": "o2"}]}}
    parts = {"issues": issues, "parties": parties, "rules": rules, "formats": {"talks": talks}}
    return {"parley": 1, "id": "conformance", "title": "Made-up talks", **parts}


def _party(k: int, issues: dict[str, Any]) -> dict[str, Any]:
    liked, other = {"uniform": [0.4, 1.0]}, {"uniform": [0.0, 0.4]}
    values = {
        key: {"options": {o: other if (j + k) % 3 else liked for j, o in enumerate(issue["options"])}}
        for key, issue in issues.items()
    }
    line = {"line": {"issue": "side2", "options": f"o{1 + k % 2}", "firmness": 1}} if k < 2 else {}
    return {
        "salience": {key: {"uniform": [0.2, 1.0]} for key in issues},
        "values": values,
        "price_of_no_settlement": {"now": -0.2},
        "red_lines": line,
    }
