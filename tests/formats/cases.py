"""What the tests of the formats play: a border to settle and sides to trade, between parties that judge well."""

from __future__ import annotations

import copy
from typing import Any

from sim.engines.talk import play
from sim.types.transcript import Transcript
from tests.laws.common import Raw, encode
from tests.laws.made_up import issue, party, talks, world, worth

WANTS, LOSES = worth(open=0, walled=1), worth(open=1, walled=0)
BORDER = issue("open", "walled", settles="walled")
SIDE = issue("no", "yes")


def case(seats: str = "ab", *, own: dict[str, Raw] | None = None, **more: Any) -> Raw:
    """Parties that all want the wall a little and differ over two sides; `own` is put over a party."""
    parties: dict[str, Raw] = {}
    for place, name in enumerate(seats):
        first, second = (1, 0) if place % 2 else (0, 1)
        sides = {"left": worth(no=first, yes=second), "right": worth(no=second, yes=first)}
        parties[name] = party({"border": 1, "left": 2, "right": 1}, {"border": WANTS, **sides})
        parties[name] |= (own or {}).get(name, {})
    issues = {name: copy.deepcopy(form) for name, form in {"border": BORDER, "left": SIDE, "right": SIDE}.items()}
    return world(issues, parties, {"talks": talks(*seats, **more)})


def told(data: Raw, *, draw: int = 0, fmt: int = 0, **how: Any) -> Transcript:
    return play(encode(data), format_index=fmt, draw=draw, replication=0, **how)


class Stone:
    """Puts the same text in every round, if any, and takes nothing."""

    def __init__(self, *deal: int) -> None:
        self.deal = deal or None

    def offer(self, view: Any) -> tuple[int, ...] | None:
        return self.deal

    def accepts(self, view: Any, deal: tuple[int, ...]) -> bool:
        return False
