"""Loading the levels of a design before anything is played: what each changes, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sim.app.scenarios import Scenario
from sim.scenario import Problem, ResolvedScenario, ScenarioError
from sim.scenario.schema.numbers import Number
from sim.scenario.source.problems import Path, Report
from sim.scenario.source.yaml_text import is_mapping


@dataclass(frozen=True)
class Moved:
    """What a scenario differs in from another."""

    numbers: tuple[str, ...]
    """Paths of numbers that differ in form or in what they are drawn together with."""
    others: tuple[str, ...]
    """Paths of all else."""
    content: tuple[str, ...]
    """What stands there: the same for two scenarios that differ from a third in the same."""


def differences(old: ResolvedScenario, new: ResolvedScenario) -> Moved:
    """What differs between two resolved scenarios."""
    found = {".".join(path): (number, content) for path, number, content in _walk(old, new, ())}
    numbers = tuple(path for path, (number, _) in found.items() if number and path in old.numbers)
    others = tuple(path for path in found if path not in numbers)
    return Moved(numbers, others, tuple(f"{path}: {content}" for path, (_, content) in found.items()))


def _walk(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, bool, str]]:
    """Paths of what differs, whether a number stands there in both, and what is new."""
    if old is new:
        return
    if isinstance(old, Number) and isinstance(new, Number):
        before, after = ((number.kind, number.form, number.together) for number in (old, new))
        if before != after:
            yield path, True, repr(after)
    elif isinstance(old, BaseModel) and type(old) is type(new):
        for name, field in type(old).model_fields.items():
            yield from _walk(getattr(old, name), getattr(new, name), (*path, field.alias or name))
    elif is_mapping(old) and is_mapping(new) and list(old) == list(new):
        for key in old:
            yield from _walk(old[key], new[key], (*path, str(key)))
    elif old != new:
        yield path, False, repr(new)


@dataclass(frozen=True)
class Trial:
    """One level, tried: the scenario that it makes, or what is wrong with it."""

    level: Any
    place: Path
    """Of the level in the design file."""
    resolved: ResolvedScenario | None
    problems: tuple[Problem, ...] = ()


def tried(level: Any, place: Path, scenario: Scenario) -> Trial:
    """The scenario, loaded and checked."""
    try:
        return Trial(level, place, scenario.resolved)
    except ScenarioError as error:
        return Trial(level, place, None, error.problems)


def note_trials(trials: Sequence[Trial], where: Path, report: Report) -> bool:
    """Notes what is wrong with levels of a factor: at `where` what is wrong with all alike; whether all are sound."""
    failed = [trial for trial in trials if trial.resolved is None]
    alike = {tuple(gist(problem) for problem in trial.problems) for trial in trials}
    if failed and len(trials) > 1 and len(alike) == 1:
        note_problems(failed[0].problems, where, report)
        return False
    for trial in failed:
        if trial.place[-1] == "range" and len(failed) > 1:
            continue  # the middle, where an end is told
        note_problems(trial.problems, trial.place, report)
    return not failed


def gist(problem: Problem) -> tuple[str, ...]:
    """What is wrong, but for who asked for it."""
    return problem.path, problem.message, problem.seen, problem.allowed


def note_problems(problems: Sequence[Problem], where: Path, report: Report, *, under: str = "") -> None:
    """Problems of a changed scenario as problems of the design, each with its place in the scenario.

    `under` are the levels that make it, in words.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for problem in problems:
        alike.setdefault((problem.message, problem.seen, problem.allowed, problem.suggestion), []).append(problem.path)
    for (message, seen, allowed, suggestion), paths in alike.items():
        at = min(paths, key=len)
        at = "" if at in ("", "overrides", "scenarios") else f"{at} and {len(paths) - 1} more: "
        at = at.replace(" and 0 more", "")
        seen = ", ".join(filter(None, (seen, under and f"with {under}")))
        report.add(where, f"{at}{message}", seen, allowed, suggestion=suggestion)


def note_changes(problems: Sequence[Problem], places: Mapping[str, Path], report: Report) -> None:
    """Problems of the scenario with the design's constants: at the place of what is to blame, by its origin."""
    for problem in problems:
        place = next(
            (place for origin, place in places.items() if (problem.origin or problem.file).startswith(origin)), None
        )
        if place is None:
            report.problems.append(problem)
        else:
            note_problems([problem], place, report)
