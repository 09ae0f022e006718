"""What an annotation may say, beside a type, of how a field of a record is written as data (`sim.types.records`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

Axis = str | type[Enum] | tuple[str, ...] | None
"""A key of `Names`; an enum; the ids themselves; or None for an axis that stays a list."""


class Mark:
    """Base of all marks."""


@dataclass(frozen=True, init=False)
class _Several(Mark):
    parts: tuple[Any, ...]

    def __init__(self, *parts: Any) -> None:
        object.__setattr__(self, "parts", parts)


class Axes(_Several):
    """An array or a tuple becomes an object keyed by the ids of each of these axes (`Axis`), outermost first."""


class By(_Several):
    """A tuple of records becomes an object keyed by these attributes of each, one level an attribute."""


@dataclass(frozen=True)
class Index(Mark):
    """A whole number that counts along an axis of `Names` becomes the id found there."""

    axis: str


@dataclass(frozen=True)
class As(Mark):
    """A value is written as this type has it: of a large record, what a smaller one that it is derived from has."""

    kind: Any


DEAL, EXACT, HIDDEN = Mark(), Mark(), Mark()
"""A deal as composite options [C] becomes option ids by issue id; a number is not rounded; a field is no data."""
