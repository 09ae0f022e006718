"""The language of the report: English sentences looked up in a catalogue, numbers with the marks of the language.

Messages are written in English where they are used: `say("{name} gets furthest", name=...)`. A catalogue,
`lang/<code>.yaml`, gives each the words of another language, holes and all. Without one, and for a message that it
lacks, the English stands. The language is chosen once, around everything that is drawn and printed, by `language`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from sim.app.errors import InputError
from sim.types.message import Message, message, rendered

ENGLISH = "en"
FOLDER = Path(__file__).parent / "lang"


@dataclass(frozen=True)
class Catalogue:
    """The words of a language."""

    code: str
    name: str
    """What the language calls itself."""
    decimal: str = "."
    thousands: str = ","
    messages: Mapping[str, str] = field(default_factory=dict)
    """English -> this language."""


_ENGLISH = Catalogue(ENGLISH, "English")
_CHOSEN: ContextVar[Catalogue] = ContextVar("language", default=_ENGLISH)


def languages() -> tuple[str, ...]:
    """Codes of the languages that the report knows, English first."""
    return (ENGLISH, *sorted(file.stem for file in FOLDER.glob("*.yaml")))


def check_language(code: str, labelled: Sequence[str]) -> tuple[str, ...]:
    """What to tell a user about a language: a note where only the file has names in it, else nothing.

    Raises:
        InputError: neither the report nor the file knows it; with the languages there are.
    """
    known = tuple(dict.fromkeys((*languages(), *labelled)))
    if code not in known:
        raise InputError(f'No language is called "{code}". There is: {", ".join(known)}.')
    if code in languages():
        return ()
    return (f"The report has no words in {code}: names are in {code}, the rest is English.",)


@cache
def catalogue(code: str) -> Catalogue:
    """The words of a language, by its two letters; a language without a catalogue speaks English."""
    file = FOLDER / f"{code}.yaml"
    if not file.is_file():
        return _ENGLISH
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    messages = {entry["en"]: entry[code] for section in data["messages"].values() for entry in section}
    return Catalogue(code, data["name"], data["decimal"], data["thousands"], messages)


@contextmanager
def language(chosen: str | Catalogue) -> Iterator[None]:
    """Everything said within is in this language."""
    token = _CHOSEN.set(catalogue(chosen) if isinstance(chosen, str) else chosen)
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def spoken() -> str:
    """Code of the language chosen."""
    return _CHOSEN.get().code


def say(words: str | Message, /, **holes: str | int) -> str:
    """Words in the language chosen: an English sentence with `{holes}`, or a message that brings what fills them."""
    filled = {hole: text if isinstance(text, str) else digits(str(text)) for hole, text in holes.items()}
    said = words if isinstance(words, Message) else message(words, **filled)
    messages = _CHOSEN.get().messages
    return rendered(said, lambda english: messages.get(english, english), digits)


def digits(number: str) -> str:
    """A number written in English, `1,250.5`, with the marks of the language chosen."""
    chosen = _CHOSEN.get()
    return number.translate(str.maketrans({".": chosen.decimal, ",": chosen.thousands}))


def count(number: int) -> str:
    """A whole number with its thousands apart."""
    return digits(f"{number:,}")
