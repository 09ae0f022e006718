"""Requests that ask for what is not there, and the words that help on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(Exception):
    """The user asked for something that is not there; the message says what to do."""


def input_error(error: ValueError) -> InputError:
    """What was refused further down, as a sentence for the user."""
    words = str(error)
    return InputError(f"{words[:1].upper()}{words[1:]}.")


def did_you_mean(seen: str, known: Iterable[str]) -> str:
    """Sentence that helps after an unknown name: the nearest known one, else the list of them."""
    names = list(known)
    near = difflib.get_close_matches(seen, names, n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    return f"There is: {', '.join(names)}." if names else "There is none."


def choose(seen: Iterable[str], known: Iterable[str], *, what: str) -> tuple[int, ...]:
    """Positions of the names in `known`, each once, in the order of `known`; `what` is the word for one of them.

    Raises:
        InputError: a name does not exist.
    """
    names, chosen = list(known), list(seen)
    for name in chosen:
        if name not in names:
            raise InputError(f'No {what} is called "{name}". {did_you_mean(name, names)}')
    return tuple(index for index, name in enumerate(names) if name in chosen)


def choose_one(seen: str | None, known: Iterable[str], *, what: str, option: str) -> int:
    """Position of the name in `known`; where one alone is known it need not be named.

    Raises:
        InputError: the name does not exist, or none is given where there are several.
    """
    names = list(known)
    if seen is None and len(names) > 1:
        raise InputError(f"Which {what}? Add {option} with one of: {', '.join(names)}.")
    return choose([seen or names[0]], names, what=what)[0]
