"""Errors in words, exit codes, the progress bar."""

from __future__ import annotations

import re
import signal

import pytest
import typer

from sim.app.errors import InputError, choose, did_you_mean
from sim.app.harness import Keeping
from sim.cli.console import speaking, stopping_gently
from sim.cli.delivery import Wanted, deliver
from sim.report.words.progress import Bar, ProgressUnit
from sim.types.playing import Stopped


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


def test_ctrl_c_keeps_an_answer_that_is_there_and_stops_at_once_without_one(capfd):
    stopped: list[int] = []
    earlier = signal.signal(signal.SIGINT, lambda number, _: stopped.append(number))
    try:
        with Bar(quiet=True) as bar, stopping_gently(bar):
            bar.show("the answer so far")
            bar.add(1)
            signal.raise_signal(signal.SIGINT)
            with pytest.raises(Stopped):
                bar.add(1)
            assert not stopped
            signal.raise_signal(signal.SIGINT)
            assert stopped == [signal.SIGINT]
        with Bar(quiet=True) as bar, stopping_gently(bar):
            signal.raise_signal(signal.SIGINT)
            assert stopped == [signal.SIGINT] * 2
            bar.add(1)
    finally:
        signal.signal(signal.SIGINT, earlier)
    assert "what is there is kept" in capfd.readouterr().err


def test_the_answer_so_far_is_shown_at_once_where_somebody_waits(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with Bar(10, clock=Clock()) as bar:
        bar.show("the answer so far")
    assert "the answer so far" in capsys.readouterr().err
    with Bar(10, quiet=True) as bar:
        bar.show("the answer so far")
    assert capsys.readouterr().err == ""


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


def test_a_bar_with_a_unit_counts_units_and_says_their_pace(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    clock = Clock()
    with Bar(clock=clock, unit=ProgressUnit("points", 200)) as bar:
        bar.expect(4_000)
        clock.now = 3.0
        for _ in range(4):
            bar.add(500)
    said = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().err)
    assert "10/20" in said
    assert re.search(r"points, [\d,]+ a second", said)


def test_the_bar_is_silent_away_from_a_terminal(capsys):
    clock = Clock()
    with Bar(10, clock=clock) as bar:
        clock.now = 3.0
        bar.add(2)
    assert capsys.readouterr().err == ""


def test_a_run_with_again_clears_away_what_killed_runs_left_too(workplace):
    (workplace / ".parley-kept-12345678").mkdir()
    deliver(
        Keeping("s", {}), lambda *_: lambda _: ["x"], "d.json", Wanted(again=True, as_json=False, quiet=True, yes=True)
    )
    assert [path.name for path in workplace.iterdir()] == ["results"]
