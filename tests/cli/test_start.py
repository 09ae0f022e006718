"""Signals: the process ends at once with one line, whatever it is at, and takes along what it was writing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = """
import pathlib, sys, time
import sim.cli.main
from sim.app.workplace import working_on
class Deaf:
    def __del__(self):  # an exception is lost in here
        sys.stdout.write("begun"); sys.stdout.flush(); time.sleep(60)
def run():
    with working_on(pathlib.Path(sys.argv[1])):
        Deaf()
sim.cli.main.main = run
from sim.cli.start import main
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_process_even_where_exceptions_are_lost(tmp_path, number):
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, str(tmp_path / "a" / "x")],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # tests run in the background may inherit it ignored
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.read(5) == "begun"
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert said == "Stopped. Nothing that was unfinished is kept.\n"
    assert list(tmp_path.iterdir()) == []


def test_an_ignored_signal_stays_ignored():
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); import sim.cli.main, sim.cli.start\n"
        "sim.cli.main.main = lambda: 0\n"
        "sim.cli.start.main(); raise SystemExit(signal.getsignal(signal.SIGINT) != signal.SIG_IGN)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
