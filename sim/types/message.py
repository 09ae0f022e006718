"""Words with holes: what a lower layer has to say, so that the report can say it in another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """English words with `{holes}`, and what fills them; `str` is the English sentence.

    A hole takes a text (a name, kept as it is), a number, a further message, or several of these, put together by
    `joint`.
    """

    words: str
    holes: tuple[tuple[str, Hole], ...] = ()
    joint: str = "; "

    def __str__(self) -> str:
        return rendered(self, lambda words: words, str)


Hole = str | int | float | Message | tuple["str | Message", ...]


def message(words: str, /, *, joint: str = "; ", **holes: Hole) -> Message:
    """A message from its words and what fills its holes."""
    return Message(words, tuple(holes.items()), joint)


def rendered(text: Message, words: Callable[[str], str], number: Callable[[str], str]) -> str:
    """The message as one text, given what turns English words (holes and all) and numbers into another language."""

    def filled(hole: Hole) -> str:
        if isinstance(hole, Message):
            return rendered(hole, words, number)
        if isinstance(hole, tuple):
            return words(text.joint).join(filled(part) for part in hole)
        return hole if isinstance(hole, str) else number(f"{hole:.4g}")

    holes = {name: filled(hole) for name, hole in text.holes}
    return one(words(text.words), holes).format(**holes)


_COUNTED = re.compile(
    r"\{(\w+)\} (day|month|round|run|draw|replication|number|issue|stage|row|pair|set|variant|cell|fold|deal|point)s\b"
)


def one(words: str, holes: Mapping[str, str]) -> str:
    """English words with every counted noun in the singular where its hole holds 1: `{months} month`."""
    return _COUNTED.sub(lambda m: m[0][:-1] if holes.get(m[1]) == "1" else m[0], words)
