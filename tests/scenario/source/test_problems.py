"""Problems as people read them: where, what was seen, what is allowed, and a guess."""

from __future__ import annotations

import pytest

from sim.scenario.source.problems import Problem, Report, ScenarioError, closest, listing, show


def test_a_problem_in_one_line() -> None:
    whole = Problem("f.yaml", 3, "a.b", "'x'", "y, z", "unknown b", "y", "override o")
    assert str(
        whole
    ) == "f.yaml:3: a.b: unknown b; seen: 'x'; allowed: y, z; did you mean 'y'? [from override o]".replace(
        "? [", "?; ["
    )
    assert str(Problem("f.yaml", None, "", "", "", "empty")) == "f.yaml: empty"


@pytest.mark.parametrize(
    ("word", "choices", "guess"),
    [("patiense", ["patience", "price"], "patience"), ("PEACE", ["Peace"], "Peace"), ("x", ["y"], "")],
)
def test_the_closest_choice(word: str, choices: list[str], guess: str) -> None:
    assert closest(word, choices) == guess


def test_long_lists_and_values_are_cut() -> None:
    assert listing([]) == "(there are none)"
    assert listing(list("abcdefghijklmn")) == "a, b, c, d, e, f, g, h, i, j, k, l, ... (14 in all)"
    assert [show(value) for value in ("x", True, None, 1.5)] == ["'x'", "true", "nothing (null)", "1.5"]
    assert len(show("y" * 200)) == 80


def report() -> Report:
    lines = {(): 1, ("a",): 2, ("a", "b"): 5}
    return Report("f.yaml", lines, {("a", "b"): "g.yml"}, {("a", "c"): "--set a.c=1", ("a", "d"): "override o"})


@pytest.mark.parametrize(
    ("path", "file", "line", "origin"),
    [
        (("z",), "f.yaml", 1, ""),
        (("a", "x"), "f.yaml", 2, ""),
        (("a", "b", "x"), "g.yml", 5, ""),
        (("a", "c", "x"), "f.yaml", None, "--set a.c=1"),
        (("a", "d"), "f.yaml", 2, "override o"),
    ],
)
def test_a_problem_stands_at_the_longest_beginning_that_is_known(
    path: tuple[str, ...], file: str, line: int | None, origin: str
) -> None:
    found = report()
    found.add(path, "wrong")
    (problem,) = found.problems
    assert (problem.file, problem.line, problem.origin) == (file, line, origin)


def test_all_problems_are_raised_each_once_in_the_order_of_the_file() -> None:
    found = report()
    found.stop_if_any()
    for path in (("a", "c"), ("a", "b"), ("z",), ("a", "b")):
        found.add(path, "wrong")
    with pytest.raises(ScenarioError, match="3 problems") as caught:
        found.stop_if_any()
    assert [problem.line for problem in caught.value.problems] == [1, 5, None]
