"""Errors in words, exit codes, the progress bar."""

from __future__ import annotations

import pytest
import typer

from sim.app.errors import InputError, choose, did_you_mean
from sim.app.harness import Keeping
from sim.cli.console import speaking
from sim.cli.delivery import deliver
from sim.report.words.progress import Bar


def test_names_become_positions_in_the_order_of_the_file():
    assert choose(["b", "a", "b"], ["a", "b", "c"], what="format") == (0, 1)


def test_an_unknown_name_is_met_with_the_nearest():
    with pytest.raises(InputError, match=r'No format is called "farmer". Did you mean "farmers"\?'):
        choose(["farmer"], ["farmers", "all-three"], what="format")
    assert did_you_mean("zzz", ["a", "b"]) == "There is: a, b."


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError("say [this]"), 2, "say [this]"),
        (KeyboardInterrupt(), 130, "Stopped"),
        (PermissionError(13, "Permission denied", "place"), 1, "Permission denied (place)"),
    ],
)
def test_each_kind_of_error_has_its_exit_code_and_one_line(capsys, error, code, words):
    with pytest.raises(typer.Exit) as stopped, speaking():
        raise error
    assert stopped.value.exit_code == code
    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert said.out == ""


def test_errors_of_the_program_itself_are_not_hidden():
    with pytest.raises(ZeroDivisionError), speaking():
        raise ZeroDivisionError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_bar_shows_itself_only_on_a_terminal_and_after_two_seconds(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")  # Rich takes the stream for a terminal
    clock = Clock()
    with Bar(10, clock=clock) as bar:
        bar.say("playing")
        bar.add(5)
        assert capsys.readouterr().err == ""
        clock.now = 3.0
        bar.add(2)
    assert "playing" in capsys.readouterr().err


def test_the_bar_is_silent_away_from_a_terminal(capsys):
    clock = Clock()
    with Bar(10, clock=clock) as bar:
        clock.now = 3.0
        bar.add(2)
    assert capsys.readouterr().err == ""


def test_a_run_with_again_clears_away_what_killed_runs_left_too(workplace):
    (workplace / ".parley-kept-12345678").mkdir()
    deliver(Keeping("s", {}), lambda *_: lambda _: ["x"], document="d.json", again=True, as_json=False, quiet=True)
    assert [path.name for path in workplace.iterdir()] == ["results"]
