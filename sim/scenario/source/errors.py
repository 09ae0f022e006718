"""Problems of a scenario file, said so that the reader can mend them: where, what was seen, what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

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
        parts = [f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"]
        if self.seen:
            parts.append(f"seen: {self.seen}")
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.suggestion:
            parts.append(f"did you mean '{self.suggestion}'?")
        if self.origin:
            parts.append(f"[from {self.origin}]")
        return "; ".join(parts)


class ScenarioError(ValueError):
    """A scenario file that cannot be used; carries every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        head = "1 problem:" if count == 1 else f"{count} problems:"
        return "\n".join([head, *(f"  {problem}" for problem in self.problems)])


def closest(word: str, choices: Iterable[str]) -> str:
    """The choice that looks most like `word`, or an empty string when none does."""
    found = difflib.get_close_matches(word.lower(), {choice.lower() for choice in choices}, n=1, cutoff=0.6)
    if not found:
        return ""
    return next((choice for choice in choices if choice.lower() == found[0]), "")


def listing(choices: Collection[str], most: int = 12) -> str:
    """Choices as one comma-separated text, cut after `most`."""
    names = list(choices)
    if not names:
        return "(there are none)"
    return ", ".join(names[:most]) + (f", ... ({len(names)} in all)" if len(names) > most else "")


def show(value: object, most: int = 80) -> str:
    """A value of the file as short text."""
    if isinstance(value, str):
        text = f"'{value}'"
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif value is None:
        text = "nothing (null)"
    else:
        text = str(value)
    return text if len(text) <= most else text[: most - 3] + "..."


@dataclass
class Report:
    """Collects problems; knows file and line of each path, and which override or `--set` put a value there.

    `files` holds the file of paths that stand in another file than `file`.
    """

    file: str
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    files: dict[Path, str] = field(default_factory=dict[Path, str])
    origins: dict[Path, str] = field(default_factory=dict[Path, str])
    problems: list[Problem] = field(default_factory=list[Problem])

    def place_of(self, path: Path) -> tuple[str, int | None]:
        """File and line of the longest known beginning of `path`."""
        for size in range(len(path), -1, -1):
            known = path[:size]
            if known in self.lines:
                return self.files.get(known, self.file), self.lines[known]
        return self.file, None

    def origin_of(self, path: Path) -> str:
        """What put the value at `path` there, when that was not the file itself."""
        for size in range(len(path), 0, -1):
            if path[:size] in self.origins:
                return self.origins[path[:size]]
        return ""

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
        """Note a problem.

        Args:
            path: where.
            message: what is wrong.
            seen: the value seen, as text.
            allowed: what is allowed: a text, or the choices.
            word: the misspelt word, for "did you mean" among the choices.
            suggestion: what to suggest, if already known.
            origin: what put the value there, if already known.
        """
        choices: Collection[str] = () if isinstance(allowed, str) else allowed
        text = allowed if isinstance(allowed, str) else listing(allowed)
        source = origin or self.origin_of(path)
        # A value given on the command line has no line in the file.
        file, line = (self.file, None) if source.startswith(("--set", "variant")) else self.place_of(path)
        guess = suggestion or (closest(word, choices) if word else "")
        self.problems.append(Problem(file, line, ".".join(path), seen, text, message, guess, source))

    def stop_if_any(self) -> None:
        """Raise what was collected.

        Raises:
            ScenarioError: if there is at least one problem.
        """
        if self.problems:
            unique = dict.fromkeys(self.problems)
            raise ScenarioError(sorted(unique, key=lambda problem: (problem.line is None, problem.line or 0)))
