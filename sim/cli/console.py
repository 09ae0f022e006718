"""How the command line speaks: two consoles, one way to stop with an error.

Answers go to standard output, everything else (progress, notes, errors) to standard error, so that output can be piped.
Exit codes: 0 done, 1 the machine refused (disk, permission), 2 the input is wrong, 130 stopped with Ctrl-C
(128 and the number of any other signal: `sim.cli.start`).
"""

from __future__ import annotations

import atexit
import codecs
import io
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import platformdirs
import typer
from rich.console import Console
from rich.markup import escape

from sim.app.errors import InputError
from sim.report.words.plain import WIDTH

if TYPE_CHECKING:
    from sim.report.words.progress import Bar
    from sim.scenario import ScenarioError

EXIT_MACHINE, EXIT_INPUT, EXIT_STOPPED = 1, 2, 130


def out() -> Console:
    """Console for answers; made anew because tests and pipes swap the streams."""
    return Console(soft_wrap=False, highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def err() -> Console:
    """Console for progress, notes and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def note(*messages: str, quiet: bool = False) -> None:
    """A line each on standard error, unless the user asked for quiet."""
    for message in () if quiet else messages:
        err().print(escape(message), style="dim")


def waiting(*, quiet: bool, yes: bool) -> Bar:
    """A progress bar; says first where the run has to wait for the compiler. A very large run needs a yes."""
    from sim.report.words.progress import MOST_RUNS, Bar
    from sim.rules.library import cache_is_cold

    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=quiet)
    return Bar(quiet=quiet, most=sys.maxsize if yes else MOST_RUNS)


@contextmanager
def stopping_gently(bar: Bar) -> Iterator[None]:
    """Once there is an answer, the first Ctrl-C keeps it; one more, or one before, stops at once."""
    at_once = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, at_once)
        if bar.answered:
            bar.stop()
            with suppress(OSError):  # nobody listens
                os.write(2, b"\nStopping: what is there is kept. Ctrl-C again stops at once.\n")
        else:
            signal.raise_signal(number)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, at_once)


def show_every_letter() -> None:
    """Where the output's encoding lacks a letter, `?` stands for it, and that is said once at the end."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_LACKING)


def _question_mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    words = f"? stands for letters that {error.encoding}, the output's encoding, lacks. Files have them; or set"
    atexit.unregister(note)
    atexit.register(note, f"{words} PYTHONIOENCODING=utf-8.")
    return "?" * (error.end - error.start), error.end


_LACKING = "parley.question_mark"
codecs.register_error(_LACKING, _question_mark)


def find_place_for_compiled_rules() -> None:
    """Compiled rules go to a temporary folder, for this run, where the usual one cannot be written; that is said."""
    named = os.environ.get("PARLEY_CACHE_DIR") or os.environ.get("NUMBA_CACHE_DIR")
    root = Path(named or platformdirs.user_cache_dir("parley"))
    with suppress(OSError):
        root.mkdir(parents=True, exist_ok=True)
    if os.access(root, os.W_OK) or any(root.glob("kernels-*")):
        return
    place = tempfile.mkdtemp(prefix="parley-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    os.environ["PARLEY_CACHE_DIR"] = place
    note(
        f"{root} cannot be written, so what is compiled (up to a minute) is not kept. "
        "Set PARLEY_CACHE_DIR to a folder that can."
    )


_PLACES, _SILENT = ("--out", "--page"), ("-q", "--quiet", "--json", "--again", "--yes")


def command_line(argv: Sequence[str]) -> str:
    """The command for the record: without what changes no finding, and without naming places of this machine."""
    kept: list[str] = []
    place = False
    for word in argv[1:]:
        if not place and word not in (*_PLACES, *_SILENT) and not word.startswith(tuple(f"{one}=" for one in _PLACES)):
            kept.append(Path(word).name if Path(word).is_absolute() else word)
        place = not place and word in _PLACES
    return shlex.join(["parley", *kept])


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what can go wrong in a command into one message and an exit code, never a stack trace.

    Raises:
        typer.Exit: with the exit code that belongs to what happened.
    """
    try:
        yield
    except _scenario_error() as error:
        _say_problems(error)
        raise typer.Exit(EXIT_INPUT) from None
    except InputError as error:
        err().print(f"[red]Error:[/red] {escape(str(error))}")
        raise typer.Exit(EXIT_INPUT) from None
    except KeyboardInterrupt:
        err().print("Stopped. Nothing was written.")
        raise typer.Exit(EXIT_STOPPED) from None
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has what it wanted; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except MemoryError:
        err().print("[red]Error:[/red] There is not memory enough for so many runs: take fewer --draws.")
        raise typer.Exit(EXIT_MACHINE) from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        err().print(f"[red]Error:[/red] {escape(f'{error.strerror or error}{where}')}")
        raise typer.Exit(EXIT_MACHINE) from None


def _scenario_error() -> type[ScenarioError]:
    """Asked for where something went wrong: a command that reads no scenario does not load how to."""
    from sim.scenario import ScenarioError

    return ScenarioError


def _say_problems(error: ScenarioError) -> None:
    console = err()
    for problem in error.problems:
        place = problem.file + (f":{problem.line}" if problem.line is not None else "")
        console.print(f"[bold]{escape(place)}[/bold]  {escape(problem.path)}")
        console.print(f"  [red]{escape(problem.message)}[/red]")
        for label, text in (("seen", problem.seen), ("allowed", problem.allowed), ("comes from", problem.origin)):
            if text:
                console.print(f"  {label}: {escape(text)}")
        if problem.suggestion:
            console.print(f'  Did you mean "{escape(problem.suggestion)}"?')
    count = len(error.problems)
    console.print(f"{count} problem{'' if count == 1 else 's'} found; nothing was run.")
