"""`parley sweep`: every verb, every exit code, and the words where something is refused."""

from __future__ import annotations

import html
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from sim.cli.main import app
from sim.report.sweep.sweep_words import swept_words
from sim.sweep.designs.read_design import read_design
from sim.sweep.executors import Crash
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.sweep.sweep_result import SweepResult

ROOT = Path(__file__).resolve().parents[2]
DESIGN = """design: 1
scenario: minimal.yaml
factors:
  sluice: {path: parties.mill.salience.sluice, range: [0.1, 0.9]}
  price: {path: parties.upper.price_of_no_settlement.now, levels: [-0.2, 0.0]}
sample: {grid: {points: 3}}
runs: {draws: 6, replications: 2, seed: 3}
"""
FOLDER = Path("results/sweeps/well")


@pytest.fixture
def design(workplace: Path, minimal: Path) -> Path:
    (workplace / "minimal.yaml").write_text(minimal.read_text(encoding="utf-8"), encoding="utf-8")
    (workplace / "well.yaml").write_text(DESIGN, encoding="utf-8")
    return Path("well.yaml")


def parley(line: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, shlex.split(line), env={"COLUMNS": "200"})
    assert result.exit_code == code, f"{line}\n{result.output}\n{result.exception!r}"
    return result


def test_a_design_is_played_told_and_kept(design: Path):
    made = parley(f"sweep {design}")
    assert "6 points" in made.stdout
    assert made.stdout.rstrip().endswith(f"Page: {FOLDER / 'report.html'}")
    assert (FOLDER / "report.html").read_text(encoding="utf-8").startswith("<!")
    frame = SweepResult.open(FOLDER).frame()
    assert len(frame) == 6 * 2
    assert (frame.runs == 12).all()
    before = {file: file.stat().st_mtime_ns for file in (FOLDER / "parts").iterdir()}
    parley(f"sweep run {design} --no-report")
    assert before == {file: file.stat().st_mtime_ns for file in (FOLDER / "parts").iterdir()}


def test_a_point_is_printed_as_the_line_that_plays_it(design: Path):
    parley(f"sweep {design} --quiet")
    line = parley(f"sweep point {FOLDER} 4").stdout.strip()
    assert "\n" not in line
    assert line.startswith(f"parley compare {FOLDER / 'scenario.json'} --formats farmers,all-three --draws 6")
    found = json.loads(parley(f"{line.removeprefix('parley ')} --no-report --json -q").stdout)
    frame = SweepResult.open(FOLDER).frame(["settlement", "in_force"]).query("point == 4").set_index("format")
    for name, of_format in found["formats"].items():
        for measure in ("settlement", "in_force"):
            assert of_format["measures"][measure]["value"] == pytest.approx(frame.loc[name, measure], abs=1e-6)
    page = html.unescape((FOLDER / "report.html").read_text(encoding="utf-8"))
    shown = int(re.findall(r"Point (\d), counted from 0", page)[0])
    assert f"<pre><code>{parley(f'sweep point {FOLDER} {shown}').stdout.strip()}</code></pre>" in page
    assert f"parley sweep point {FOLDER} " in page
    assert "There is no point 6: the sweep has 6, from 0" in parley(f"sweep point {FOLDER} 6", 2).stderr


def test_a_dry_run_says_what_would_be_played_and_plays_nothing(design: Path):
    said = parley(f"sweep {design} --dry-run").stdout
    assert "6 design points; 2 formats, 6 draws and 2 replications each: 144 runs." in said
    about = r"144 runs in \d+ parts, about (a second|\d+ seconds) of one processor, \d+ MB on disk"
    assert re.search(about, re.sub(r"\s+", " ", said))
    assert "about 1 seconds" not in said
    assert re.search(r"^Mill owner: salience › .* numbers ", said, re.MULTILINE)
    price = "price: {path: parties.upper.price_of_no_settlement.now, levels: [-0.2, 0.0]}"
    horizon = "time: {path: horizon_months, levels: [12, 24]}"
    design.write_text(DESIGN.replace(price, horizon), encoding="utf-8")
    assert re.search(r"^time +structure ", parley(f"sweep {design} --dry-run").stdout, re.MULTILINE)
    design.write_text(DESIGN, encoding="utf-8")
    assert "sluice" in said
    assert "parties.mill.salience.sluice" in said
    assert not Path("results").exists()
    size = json.loads(parley(f"sweep {design} --dry-run --json").stdout)
    assert (size["cells"], size["points"], size["formats"], size["runs"]) == (1, 6, ["farmers", "all-three"], 144)
    parley(f"sweep {design} --no-report -q")
    assert "All of it is there." in parley(f"sweep {design} --dry-run").stdout


def test_one_format_is_one_and_a_dummy_is_no_side_of_a_grid(design: Path):
    idle = "formats: [farmers]\nfactors:\n  idle: {dummy: true}\n"
    design.write_text(DESIGN.replace("factors:\n", idle), encoding="utf-8")
    assert "6 design points; 1 format, 6 draws" in parley(f"sweep {design} --dry-run").stdout
    words = swept_words(read_design(design))
    assert "by a grid of 6 points (3 x 2). Each point was played in 1 format, with" in words
    design.write_text(DESIGN.replace("  price: {", "  idle: {dummy: true}\n  #"), encoding="utf-8")
    assert "by a grid of 3 points. Each point was played in 2 formats, with" in swept_words(read_design(design))


def test_status_says_how_far_it_is_without_the_scenario(design: Path):
    parley(f"sweep {design} --no-report -q")
    next((FOLDER / "parts").iterdir()).unlink()
    said = parley(f"sweep status {FOLDER}").stdout
    assert re.match(r"well: 6 points, \d+ of 144 runs, \d+ of \d+ parts are there\.", said)
    assert f"parley sweep resume {FOLDER}" in said
    found = json.loads(parley(f"sweep status {FOLDER} --json").stdout)
    assert found["parts_done"] == found["parts"] - 1


def test_resume_plays_what_is_missing_without_the_design_file(design: Path):
    parley(f"sweep {design} --no-report -q")
    digest = parley(f"sweep verify {FOLDER}").stdout
    assert re.fullmatch(r"All \d+ parts are good\. Digest: [0-9a-f]{64}\n", digest)
    lost = next((FOLDER / "parts").iterdir())
    lost.unlink()
    assert lost.stem in parley(f"sweep verify {FOLDER}", 1).stderr
    design.unlink()
    Path("minimal.yaml").unlink()
    parley(f"sweep resume {FOLDER} --threads 1 --no-report")
    assert parley(f"sweep verify {FOLDER}").stdout == digest
    assert "all parts are there" in parley(f"sweep status {FOLDER}").stdout


def test_what_was_changed_is_named_and_extend_takes_it_in(design: Path):
    parley(f"sweep {design} --no-report -q")
    before = {file.name for file in (FOLDER / "parts").iterdir()}
    design.write_text(DESIGN.replace("draws: 6", "draws: 8"), encoding="utf-8")
    refused = parley(f"sweep {design} --no-report", 2).stderr
    assert "holds another sweep" in refused
    assert "draws" in refused
    assert f"parley sweep extend {FOLDER}" in refused
    parley(f"sweep extend {FOLDER} {design} --no-report")
    assert before < {file.name for file in (FOLDER / "parts").iterdir()}
    assert (SweepResult.open(FOLDER).frame(["settlement"]).draws == 8).all()


def test_halves_are_merged_into_the_whole(design: Path):
    design.write_text(DESIGN.replace("draws: 6", "draws: 2000"), encoding="utf-8")
    parley(f"sweep {design} --no-report -q")
    parley(f"sweep {design} --shard 1/2 --out a --no-report -q")
    parley(f"sweep {design} --shard 2/2 --out b --no-report -q")
    assert "(shard 1 of 2)" in parley("sweep status a").stdout
    assert re.fullmatch(
        r"All \d+ parts are good\. The digest is of the whole sweep\.\n", parley("sweep verify a").stdout
    )
    parley("sweep merge a b --out whole --no-report")
    assert parley("sweep verify whole").stdout == parley(f"sweep verify {FOLDER}").stdout
    assert "exists" in parley("sweep merge a b --out whole", 2).stderr
    half = parley("sweep merge a --out half").stdout
    assert "parley sweep resume half" in half


def test_a_shard_to_which_nothing_falls_says_so_and_finds_nothing(design: Path):
    words = "Nothing to play for shard 2 of 2: the sweep is so small that it has fewer blocks than shards."
    planned = parley(f"sweep {design} --shard 2/2 --out b --dry-run").stdout
    assert "Nothing of it falls to this shard" in planned
    assert "All of it is there" not in planned
    made = parley(f"sweep {design} --shard 2/2 --out b")
    assert made.stdout.startswith(words)
    assert len(made.stdout.splitlines()) == 1
    assert not Path("b/report.html").exists()
    assert words in parley("sweep status b").stdout
    assert words in parley("sweep report b", 2).stderr
    assert json.loads(parley(f"sweep {design} --shard 2/2 --out b --json").stdout)["page"] is None
    parley(f"sweep {design} --shard 1/2 --out a --no-report -q")
    parley("sweep merge a b --out whole")
    assert Path("whole/report.html").exists()


def test_the_page_is_written_anew_and_in_another_language(design: Path):
    parley(f"sweep {design} --no-report -q")
    parley(f"sweep report {FOLDER} --lang vi --page vi.html")
    assert 'lang="vi"' in Path("vi.html").read_text(encoding="utf-8")
    assert "No language is called" in parley(f"sweep report {FOLDER} --lang xx", 2).stderr
    assert "is a folder" in parley(f"sweep report {FOLDER} --page {FOLDER}", 2).stderr


def test_tables_for_other_programs(design: Path):
    parley(f"sweep {design} --no-report -q")
    parley(f"sweep export {FOLDER} -o points.csv --measures settlement,in_force")
    table = pd.read_csv("points.csv")
    assert len(table) == 12
    assert {"point", "sluice", "price", "format", "settlement", "settlement_low", "in_force_high"} < set(table.columns)
    assert "halt" not in table.columns
    assert f"Archive: {FOLDER / 'ema.tar.gz'}" in parley(f"sweep export {FOLDER} --to ema").stderr
    assert (FOLDER / "ema.tar.gz").is_file()
    printed = parley(f"sweep export {FOLDER} -o - --measures settlement,in_force").stdout
    assert printed == Path("points.csv").read_text(encoding="utf-8")
    assert "Only CSV is printed" in parley(f"sweep export {FOLDER} --to ema -o -", 2).stderr
    assert not Path("-").exists()
    assert 'No measure is called "settlment"' in parley(f"sweep export {FOLDER} --measures settlment", 2).stderr


def test_constants_may_be_set_and_json_is_all_that_is_printed(design: Path):
    made = parley(f"sweep {design} --set horizon_months=36 --out longer --no-report --json")
    assert json.loads(made.stdout)["runs_done"] == 144
    assert SweepResult.open(Path("longer")).design.scenario.resolved.horizon_months == 36
    assert "--set horizon_months=36" in parley("sweep point longer 0").stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sweep statu results", 'neither a verb nor a design file "statu". Did you mean "status"'),
        ("sweep nothing.yaml", "nothing.yaml"),
        ("sweep status .", "is not the folder of a sweep"),
        ("sweep well.yaml --shard 3/2", "write 1/2 on one machine"),
        ("sweep well.yaml --shard half", "write 1/2 on one machine"),
        ("sweep well.yaml --workers 2 --threads 2", "--workers and --threads exclude each other"),
        ("sweep well.yaml --set horizon_month=36", 'Did you mean "horizon_months"'),
        ("sweep well.yaml --set horizon_months", "a set needs a path and a value"),
        ("sweep well.yaml --lang xx", "No language is called"),
        ("sweep well.yaml --out .", "exists and is not the folder of a sweep"),
    ],
)
def test_what_is_refused_is_said_before_anything_is_played(design: Path, line: str, words: str):
    assert words in re.sub(r"\s+", " ", re.sub(r"[│\n]", " ", parley(line, 2).stderr))
    assert not FOLDER.exists()


def test_a_file_called_like_a_verb_is_reached_by_its_path(design: Path):
    design.rename("status")
    parley("sweep ./status --no-report -q")
    assert Path("results/sweeps/status/sweep.json").exists()


def test_a_very_large_sweep_takes_a_yes(design: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sim.report.words.progress.MOST_RUNS", 100)
    refused = parley(f"sweep {design}", 2).stderr
    assert re.search(r"These are 144 runs, about .* hours .* MB on disk", refused)
    assert "add --yes" in refused
    assert not FOLDER.exists()
    parley(f"sweep {design} --yes --no-report -q")


def test_what_fails_is_told_with_its_exit_code_and_tried_again(design: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr("sim.sweep.executors.attempt", lambda *_: Crash("play", "ValueError: no such luck"))
        made = parley(f"sweep {design} --no-report --threads 1", 1)
    assert f"Why: parley sweep status {FOLDER}" in made.stderr
    assert "no such luck" in parley(f"sweep status {FOLDER}").stdout
    parley(f"sweep resume {FOLDER} --no-report")
    assert "no such luck" not in parley(f"sweep status {FOLDER}").stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_what_is_finished_and_says_how_to_go_on(design: Path, number: signal.Signals):
    design.write_text(DESIGN.replace("draws: 6", "draws: 20000"), encoding="utf-8")
    command = [sys.executable, "-c", "from sim.cli.start import main; raise SystemExit(main())"]
    process = subprocess.Popen(
        [*command, "sweep", str(design), "--threads", "1"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )  # fmt: skip
    while not list((FOLDER / "parts").glob("[!.]*.parquet")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 128 + number, said
    assert f"parley sweep resume {FOLDER}" in said
    found = SweepFolder.open(FOLDER).status()
    assert 0 < found.parts_done < found.parts


@pytest.mark.parametrize("verb", ["run", "status", "resume", "extend", "merge", "verify", "report", "export", "point"])
def test_every_verb_explains_itself_with_examples(verb: str):
    shown = parley(f"sweep {verb} --help").stdout
    assert "Examples" in shown
    assert f"parley sweep {'' if verb == 'run' else verb}" in shown
    assert ("without parley[sweep]" in re.sub(r"[\s│]+", " ", shown)) == (verb in ("run", "resume", "extend"))


def test_the_group_lists_its_verbs_and_loads_nothing_heavy(design: Path):
    parley(f"sweep {design} --no-report -q")
    for line, words in (("sweep --help", "resume"), (f"sweep status {FOLDER}", "all parts are there")):
        code = (
            f"import sys; sys.argv = {['parley', *line.split()]}\n"
            "from sim.cli.main import main\nmain()\n"
            "heavy = ('numba', 'mesa', 'distributed', 'duckdb', 'scipy', 'sim.scenario.schema', 'matplotlib')\n"
            "raise SystemExit(', '.join(name for name in heavy if name in sys.modules))"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
        assert ran.stderr.strip() == "", ran.stderr
        assert words in ran.stdout
