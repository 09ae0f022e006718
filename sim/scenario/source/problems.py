"""Problems of a scenario file, said so that the reader can mend them: where, what was seen, what is allowed."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import NamedTuple

Path = tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """One thing wrong (or worth a warning) in a scenario file.

    `path` is dotted; `line` counts from 1 and is None for a value that came from the command line.
    """

    file: str
    line: int | None
    path: str
    seen: str
    allowed: str
    message: str
    suggestion: str = ""
    origin: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = (
            f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}",
            self.seen and f"seen: {self.seen}",
            self.allowed and f"allowed: {self.allowed}",
            self.suggestion and f"did you mean '{self.suggestion}'?",
            self.origin and f"[from {self.origin}]",
        )
        return "; ".join(filter(None, parts))


class ScenarioError(ValueError):
    """A scenario file that cannot be used; carries every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        head = "1 problem:" if count == 1 else f"{count} problems:"
        return "\n".join([head, *(f"  {problem}" for problem in self.problems)])


class FileRead(NamedTuple):
    """A file that was read, with the SHA-256 (hexadecimal) of its bytes."""

    path: FilePath
    sha256: str


def closest(word: str, choices: Iterable[str]) -> str:
    """The choice that looks most like `word`, or an empty string when none does."""
    by_lower = {choice.lower(): choice for choice in reversed(list(choices))}
    matches = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else ""


def listing(choices: Collection[str], most: int = 12) -> str:
    """Choices as one comma-separated text, cut after `most`."""
    names = list(choices)
    if not names:
        return "(there are none)"
    return ", ".join(names[:most]) + (f", ... ({len(names)} in all)" if len(names) > most else "")


_LINE_BREAKS = "\t\n\v\f\r\x85\u2028\u2029"
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Letters that turn the direction of what follows, and the mark of byte order."""
LONGEST_NAME = 120


def fault_of_name(name: str) -> tuple[str, str] | None:
    """What is wrong with a name that people read in tables and figures, and what is allowed; None if nothing is."""
    kinds = [unicodedata.category(letter) for letter in name]
    hidden = [letter for letter, kind in zip(name, kinds, strict=True) if kind in ("Cc", "Cs") or letter in _TURNS]
    if any(letter in _LINE_BREAKS for letter in name):
        return "a name with a line break or a tab", "text on one line"
    if hidden:
        return f"a name with a letter that cannot be shown (U+{ord(hidden[0]):04X})", "printable letters"
    if all(kind[0] == "Z" or kind == "Cf" for kind in kinds):
        return "the name is blank", "text, or leave the key out"
    if len(name) > LONGEST_NAME:
        return f"the name is too long: {len(name)} characters", f"at most {LONGEST_NAME} characters"
    return None


def show(value: object, most: int = 80) -> str:
    """A value of the file as short text, on one line whatever it holds."""
    if isinstance(value, str):
        letters = (one if one.isprintable() else one.encode("unicode_escape").decode() for one in value[: most + 1])
        text = f"'{''.join(letters)}'"
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = "nothing (null)" if value is None else str(value)
    return text if len(text) <= most else text[: most - 3] + "..."


class FileSort(NamedTuple):
    """What a file is called where it is none, and the line that it begins with."""

    noun: str
    first_line: str


SCENARIO, DESIGN = FileSort("scenario file", "parley: 1"), FileSort("design file", "design: 1")


@dataclass
class Report:
    """Collects problems; knows file and line of each path, and which override or `--set` put a value there.

    `files` holds the file of paths that stand in another file than `file`; `read` every file that was read.
    """

    file: str
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    files: dict[Path, str] = field(default_factory=dict[Path, str])
    origins: dict[Path, str] = field(default_factory=dict[Path, str])
    problems: list[Problem] = field(default_factory=list[Problem])
    read: list[FileRead] = field(default_factory=list[FileRead])
    sort: FileSort = SCENARIO

    def add(
        self,
        path: Path,
        message: str,
        seen: str = "",
        allowed: str | Collection[str] = "",
        *,
        word: str = "",
        suggestion: str = "",
        origin: str = "",
    ) -> None:
        """Note a problem: where, what is wrong, the value seen, and what is allowed, as a text or as the choices.

        "Did you mean" is asked of a misspelt `word` among the choices, or of a `suggestion` already known. `origin` is
        what put the value there, where that is not on record.
        """
        choices: Collection[str] = () if isinstance(allowed, str) else allowed
        text = allowed if isinstance(allowed, str) else listing(allowed)
        came = _beginning(path, self.origins)
        source = origin or ("" if came is None else self.origins[came])
        # A value given on the command line has no line in the file.
        known = None if source.startswith(("--set", "variant")) else _beginning(path, self.lines)
        file, line = (self.file, None) if known is None else (self.files.get(known, self.file), self.lines[known])
        guess = suggestion or (closest(word, choices) if word else "")
        self.problems.append(Problem(file, line, ".".join(path), seen, text, message, guess, source))

    def stop_if_any(self) -> None:
        """Raise a ScenarioError of what was collected, if there is at least one problem."""
        if self.problems:
            unique = dict.fromkeys(self.problems)
            raise ScenarioError(sorted(unique, key=lambda problem: (problem.line is None, problem.line or 0)))


def _beginning(path: Path, among: Collection[Path]) -> Path | None:
    """The longest beginning of a path that is among others."""
    return next((path[:size] for size in range(len(path), -1, -1) if path[:size] in among), None)
