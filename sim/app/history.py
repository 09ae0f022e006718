"""The reference classes that there are: how often something came about in cases of the past."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.analysis.comparison.outside_view import PastShare, past_share
from sim.app.errors import InputError
from sim.scenario.schema.reference_classes import ReferenceClass, reference_classes
from sim.scenario.source.problems import closest

_ALL = "`parley history` without words lists all."


def history(words: Sequence[str] = ()) -> tuple[PastShare, ...]:
    """Every reference class whose id, cases, event or source hold all the words, in any case; all without words.

    Raises:
        InputError: no class holds them.
    """
    known = reference_classes()
    parts = [part.lower() for text in words for part in text.split()]
    texts = {key: _text(one) for key, one in known.items()}
    found = [key for key, text in texts.items() if all(part in text for part in parts)]
    if not found:
        letters = sorted({word for text in texts.values() for word in re.findall(r"\w+", text)})
        near = [f'Did you mean "{one}"?' for part in parts if (one := closest(part, letters)) and one != part]
        raise InputError(" ".join((f'No reference class holds "{" ".join(words)}".', *near[:1], _ALL)))
    return tuple(past_share(known[key]) for key in found)


def _text(reference: ReferenceClass) -> str:
    return " ".join((reference.id, reference.cases, reference.event, reference.source)).lower()


def rows(classes: Sequence[PastShare]) -> list[dict[str, object]]:
    """A row a class: counts, share with Jeffreys' 95% and 90% intervals, period, source."""
    return [
        {
            "id": past.reference.id,
            "cases": past.reference.cases,
            "event": past.reference.event,
            "k": past.reference.k,
            "n": past.reference.n,
            "share": past.history.value,
            "low": past.history.low,
            "high": past.history.high,
            "low_90": past.history_90.low,
            "high_90": past.history_90.high,
            "months": past.reference.months,
            "source": past.reference.source,
            "url": past.reference.url,
            "coding": past.reference.coding,
            "unknown": past.reference.unknown,
        }
        for past in classes
    ]
