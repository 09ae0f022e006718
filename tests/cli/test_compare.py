"""`compare` from the command to the files it leaves."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

from sim.analysis.comparison.result_document import ComparisonResult
from sim.cli.main import app
from sim.scenario import load_scenario
from sim.types.records import json_schema
from tests.shipped import GAINS_ALONE_SETS

SMALL = ["--draws", "12", "--replications", "2", "--no-variants"]
COMPARISON = json_schema(ComparisonResult)
FILES = {
    "manifest.json",
    "scenario.resolved.yaml",
    "comparison.json",
    "runs.parquet",
    "inputs.parquet",
    "figures",
    "report.html",
    "summary.txt",
}


def compare(*arguments: object):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def test_it_prints_tables_and_leaves_every_file_in_a_place_that_follows_from_the_run(workplace, minimal):
    result = compare(minimal, *SMALL)
    assert result.exit_code == 0, result.output
    for words in ("How talks end", "Failures by", "The two farmers", "numbers are assumed", "Report:"):
        assert words in result.stdout
    (folder,) = [path for path in (workplace / "results" / "village-well").iterdir() if path.name != "latest"]
    assert {path.name for path in folder.iterdir()} == FILES
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["run_id"] == folder.name
    assert manifest["digest"] == load_scenario(minimal).digest
    assert (workplace / "results" / "village-well" / "latest").resolve() == folder

    again = compare(minimal, *SMALL, "--threads", 1)
    assert again.exit_code == 0
    assert {path.name for path in folder.parent.iterdir()} == {"latest", folder.name}


def test_the_same_seed_gives_the_same_bytes_on_one_and_two_threads(workplace, minimal):
    for name, threads in (("one", 1), ("two", 2)):
        assert compare(minimal, *SMALL, "--threads", threads, "--out", name).exit_code == 0
    for file in ("runs.parquet", "comparison.json", "scenario.resolved.yaml"):
        assert (workplace / "one" / file).read_bytes() == (workplace / "two" / file).read_bytes(), file


def test_the_resolved_file_gives_the_same_comparison(workplace, minimal):
    assert compare(minimal, *SMALL, "--out", "first").exit_code == 0
    assert compare(Path("first") / "scenario.resolved.yaml", *SMALL, "--out", "second").exit_code == 0
    assert (workplace / "first" / "runs.parquet").read_bytes() == (workplace / "second" / "runs.parquet").read_bytes()


def test_json_goes_to_standard_output_and_nothing_else_does(workplace, minimal):
    result = compare(minimal, *SMALL, "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    jsonschema.validate(content, COMPARISON)
    (written,) = (workplace / "results").glob("village-well/*[!t]/comparison.json")
    assert json.loads(written.read_text()) == content


def test_variants_are_judged_and_end_in_a_verdict(workplace, minimal):
    result = compare(minimal, "--draws", 8, "--deep")
    assert result.exit_code == 0, result.output
    assert "Verdict" in result.stdout
    (written,) = (workplace / "results").glob("village-well/*[!t]/comparison.json")
    content = json.loads(written.read_text())
    assert "foresight=0" in content["variants"]
    assert content["variance_shares"]["sizes"]["walks"] == 2
    assert 'id="rests"' in written.with_name("report.html").read_text()
    assert all(one["sets"] == 16 for found in content["verdict"]["measures"].values() for one in found["pairs"])


def test_what_a_quick_comparison_leaves_out_is_said(workplace, minimal):
    result = compare(minimal, "--draws", 8, "--out", "short")
    assert result.exit_code == 0, result.output
    said = "Left out of a quick comparison: other behavioural constants and what the answer rests on."
    assert said in " ".join(result.stdout.split())
    assert said in (workplace / "short" / "report.html").read_text()
    content = json.loads((workplace / "short" / "comparison.json").read_text())
    jsonschema.validate(content, COMPARISON)
    assert content["variance_shares"] is None
    assert content["left_out"] == {"constants": "quick", "shares": "quick"}
    assert content["verdict"]["sets_missing"]
    assert 'id="rests"' not in (workplace / "short" / "report.html").read_text()
    assert "Rests on" not in result.stdout


def test_what_the_answer_rests_on_is_told_in_page_terminal_and_file(workplace, minimal):
    # without the mill the text cannot be kept; and by what they gain alone the farmers always agree
    needed = [word for one in ("parties.mill.standing.share=1", *GAINS_ALONE_SETS) for word in ("--set", one)]
    told = compare(minimal, *needed, "--draws", 200, "--deep", "--out", "told")
    assert told.exit_code == 0, told.output
    content = json.loads((workplace / "told" / "comparison.json").read_text())
    jsonschema.validate(content, COMPARISON)
    first = content["variance_shares"]["numbers"][:2]  # what the mill holds of its sluice: one with a spread, one bare
    mill = "parties.mill.values.sluice.options"
    assert {number["unknown"]["path"] for number in first} == {f"{mill}.open", f"{mill}.shut"}
    assert all(number["distinguishable"] for number in first)
    assert content["variance_shares"]["n_widened"] == 16 + 12  # those of the premise: three constants of four owners
    assert "28 numbers that the file assumes without a spread" in " ".join(told.stdout.split())
    assert "Rests on  The question is" in told.stdout
    page = (workplace / "told" / "report.html").read_text()
    assert "The numbers to know better, and what they rest on" in page
    assert {path.stem for path in (workplace / "told" / "figures").iterdir()} >= {"rests_on", "tornado"}
    again = compare(minimal, *needed, "--draws", 200, "--deep", "--threads", 1, "--out", "again", "--json")
    assert json.loads(again.stdout) == content


def test_a_budget_is_a_time(workplace, minimal):
    wrong = compare(minimal, "--budget", "soon")
    assert wrong.exit_code == 2
    assert "such as 10s, 2m or 1h" in " ".join(wrong.output.split())
    short = compare(minimal, "--budget", "0.001s", "--no-report", "--json", "--out", "short")
    content = json.loads(short.stdout)
    assert content["ended"] == "budget"
    draws = content["replications"] and content["formats"]["farmers"] and next(iter(content["variants"]), None)
    assert draws is None
    same = compare(minimal, "--draws", content["n_draws"], "--no-report", "--no-variants", "--out", "same")
    assert same.exit_code == 0
    assert (workplace / "short" / "runs.parquet").read_bytes() == (workplace / "same" / "runs.parquet").read_bytes()


def test_what_was_stopped_is_kept_and_not_taken_for_the_whole(workplace, minimal, monkeypatch):
    from sim.report.words.progress import Bar

    def stop_at_the_first_table(bar: Bar, answer: object) -> None:
        bar.stop()

    with monkeypatch.context() as patched:
        patched.setattr(Bar, "show", stop_at_the_first_table)
        stopped = compare(minimal, "--no-report")
    assert stopped.exit_code == 130
    assert "Stopped before it was done" in stopped.stdout
    (manifest,) = (workplace / "results").glob("village-well/*[!t]/manifest.json")
    assert json.loads(manifest.read_text())["fingerprint"] is None
    whole = compare(minimal, "--no-report", "--draws", 8, "--no-variants")
    assert whole.exit_code == 0
    again = compare(minimal, "--no-report")
    assert again.exit_code == 0
    assert "nothing was computed" not in again.output
    assert json.loads(manifest.read_text())["fingerprint"]


def test_theory_stands_beside_the_talks_where_it_is_asked_for(workplace, minimal):
    asked = compare(minimal, *SMALL, "--theory", "equilibrium", "--theory-draws", 3, "--json", "--out", "with")
    content = json.loads(asked.stdout)
    jsonschema.validate(content, COMPARISON)
    assert content["theory"]["n_draws"] == 3
    assert set(content["theory"]["formats"]) == set(content["formats"])
    assert [pair["verdict"] for pair in content["theory"]["pairs"]] != []
    page = (workplace / "with" / "report.html").read_text()
    assert "The stationary equilibrium beside the runs" in page
    shown = compare(minimal, *SMALL, "--theory", "equilibrium", "--theory-draws", 3, "--out", "with")
    assert "Core agreed, theory" in " ".join(shown.stdout.split())
    assert "Theory  " in shown.stdout
    assert json.loads((workplace / "with" / "comparison.json").read_text()) == content


def test_benchmarks_are_there_unless_they_are_not_wanted(workplace, minimal):
    plain, without = (
        json.loads(compare(minimal, *SMALL, *extra, "--json").stdout) for extra in ([], ["--no-benchmarks"])
    )
    jsonschema.validate(plain, COMPARISON)
    jsonschema.validate(without, COMPARISON)
    assert plain["benchmarks"]["n_draws"] == 12
    assert plain["benchmarks"]["listed"]
    assert (without["benchmarks"], without["theory"], plain["theory"]) == (None, None, None)
    assert (plain["conflict"]["n_draws"], without["conflict"]) == (12, None)
    left_out = ("benchmarks", "conflict")
    assert {key: value for key, value in plain.items() if key not in left_out} == {
        key: value for key, value in without.items() if key not in left_out
    }
    told = compare(minimal, *SMALL, "--out", "told")
    assert "Possible  Some settlement of the core" in told.stdout
    page = (workplace / "told" / "report.html").read_text()
    assert "A zone of possible agreement exists" in page
    assert "stationary equilibrium" not in page


def test_the_distances_are_those_of_the_texts_in_the_file_of_runs(workplace, minimal):
    """Recomputed from `runs.parquet`: no text of this case is struck, so the text in force is the one tabled."""
    pd = pytest.importorskip("pandas")
    from sim.analysis.theory.solutions import benchmarks, distances
    from sim.bargaining.deal_space import deal_space
    from sim.scenario import Encoder

    content = json.loads(compare(minimal, *SMALL, "--formats", "farmers", "--out", "done", "--json").stdout)
    runs = pd.read_parquet(workplace / "done" / "runs.parquet")
    encoder = Encoder(load_scenario(minimal), seed=1)
    structure, tables = encoder.structure, encoder.tables(0, 12)
    found = []
    for row in runs[runs.agreed].to_dict("records"):
        options = [issue.options.index(row[f"deal_{issue.id}"]) for issue in structure.issues]
        combos = [range(n) for n in tables.n_options]
        (deal,) = [
            deal
            for deal in itertools.product(*combos)
            if structure.issue_options_of(np.array(deal)).tolist() == options
        ]
        found.append(float(distances(benchmarks(deal_space(tables, row["draw"])), np.array([deal]))["egalitarian"][0]))
    written = content["benchmarks"]["formats"]["farmers"]
    assert written["n_texts"] == len(found)
    assert written["distances"]["egalitarian"]["value"] == pytest.approx(np.mean(found), abs=1e-6)


def test_of_one_format_nothing_is_said_of_others(workplace, minimal):
    result = compare(minimal, "--formats", "farmers", "--no-benchmarks", "--out", "one")
    assert result.exit_code == 0, result.output
    assert "the interval of settlement was no wider than" in " ".join(result.stdout.split())
    assert "No ranking: there is one format alone." in result.stdout
    page = (workplace / "one" / "report.html").read_text(encoding="utf-8")
    for words in ("runner-up", "the formats cannot be told apart"):
        assert words not in page
        assert words not in result.stdout


def test_only_the_formats_asked_for(workplace, minimal):
    result = compare(minimal, *SMALL, "--formats", "all-three", "--json")
    assert list(json.loads(result.stdout)["formats"]) == ["all-three"]


def test_ctrl_c_while_the_report_is_drawn_keeps_the_whole(workplace, minimal, monkeypatch):
    import signal

    from sim.report.comparison import comparison_files

    write = comparison_files.write_comparison

    def interrupted(*arguments, **how):
        signal.raise_signal(signal.SIGINT)
        write(*arguments, **how)

    monkeypatch.setattr(comparison_files, "write_comparison", interrupted)
    result = compare(minimal, *SMALL, "--no-report")
    assert result.exit_code == 0, result.output
    (manifest,) = (workplace / "results").glob("village-well/*[!t]/manifest.json")
    assert json.loads(manifest.read_text())["fingerprint"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--formats", "farmer"], 'Did you mean "farmers"?'),
        (["--variant", "foresigt=0"], "foresight=0"),
        (["--draws", "1"], "--draws"),
        (["--replications", "1"], "--replications"),
        (["--replications", "65536"], "--replications"),
        (["--budget", ""], '--budget "" is no time'),
        (["--budget", "0s"], "is no time"),
        (["--budget", "9" * 400 + "h"], "is no time"),
        (["--draws", "1000000000000"], "Take fewer --draws"),
        (["--set", "nonsense"], "dotted.path=value"),
        (["--override", "nothing"], "nothing"),
    ],
)
def test_wrong_input_is_said_before_anything_is_written(workplace, minimal, arguments, words):
    result = compare(minimal, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr
    assert list(workplace.iterdir()) == []


def test_a_folder_with_other_things_in_it_is_left_alone(workplace, minimal):
    (workplace / "thesis").mkdir()
    (workplace / "thesis" / "chapter.txt").write_text("words")
    result = compare(minimal, *SMALL, "--out", "thesis")
    assert result.exit_code == 2
    assert [path.name for path in (workplace / "thesis").iterdir()] == ["chapter.txt"]


def test_stopping_leaves_one_line_and_no_half_result(workplace, minimal, monkeypatch):
    import sim.engines.batch

    def stop(*_: object, **__: object):
        raise KeyboardInterrupt

    monkeypatch.setattr(sim.engines.batch, "run_blocks", stop)
    result = compare(minimal, *SMALL)
    assert result.exit_code == 130
    assert result.stderr.strip().splitlines()[-1].startswith("Stopped")
    assert list(workplace.iterdir()) == []


def test_another_language_changes_words_and_no_number(workplace, minimal):
    assert compare(minimal, *SMALL, "--out", "english").exit_code == 0
    said = compare(minimal, *SMALL, "--lang", "vi", "--out", "vietnamese")
    assert said.exit_code == 0, said.output
    for words in ("Đàm phán kết thúc ra sao", "Hai nông dân và chủ cối xay", "Báo cáo: "):
        assert words in said.stdout
    assert "How talks end" not in said.stdout
    english, vietnamese = (workplace / name for name in ("english", "vietnamese"))
    for file in ("runs.parquet", "scenario.resolved.yaml"):
        assert (english / file).read_bytes() == (vietnamese / file).read_bytes(), file
    page = (vietnamese / "report.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in page
    assert "Hai nông dân và một cái giếng" in page
    assert "The two farmers" not in re.sub(r'<ol class="transcript" lang="en">.*?</ol>', "", page, flags=re.DOTALL)
    told, plain = (json.loads((folder / "comparison.json").read_text()) for folder in (vietnamese, english))
    assert told["formats"]["farmers"]["name"] == "Hai nông dân"
    for one, other in zip(told["formats"].values(), plain["formats"].values(), strict=True):
        assert {**one, "name": ""} == {**other, "name": ""}
    manifests = [json.loads((folder / "manifest.json").read_text()) for folder in (vietnamese, english)]
    assert manifests[0]["run_id"] != manifests[1]["run_id"]
    assert [one.get("language") for one in manifests] == ["vi", None]


def test_a_language_that_nobody_knows_is_named_with_those_there_are(workplace, minimal):
    result = compare(minimal, *SMALL, "--lang", "vn")
    assert result.exit_code == 2
    assert 'No language is called "vn". There is: en, vi.' in result.stderr
    assert not (workplace / "results").exists()


def test_labels_in_a_language_without_a_report_change_the_names(workplace, minimal):
    file = workplace / "own.yaml"
    file.write_text(minimal.read_text().replace("  vi:\n", "  fr: {title: Deux fermiers}\n  vi:\n"), encoding="utf-8")
    result = compare(file, *SMALL, "--lang", "fr")
    assert result.exit_code == 0, result.output
    assert "The report has no words in fr" in result.stderr
    assert "Deux fermiers" in result.stdout
    assert "How talks end" in result.stdout


READINGS = """
overrides:
  rich-well: {summary: "It gives plenty.", set: {parties.upper.patience: 0.99}}
  poor-well: {set: {parties.upper.outside_option: 3}}
"""
RIVALS = """
rivals:
  Q1: {question: "How much does the well give?", readings: [rich-well, poor-well]}
"""


def test_rival_readings_are_played_and_judged(workplace, minimal):
    text = minimal.read_text(encoding="utf-8")
    assert "\noverrides:" not in text
    (workplace / "rival.yaml").write_text(text + READINGS + RIVALS, encoding="utf-8")
    assert compare("rival.yaml", *SMALL, "--rivals", "--out", "here").exit_code == 0
    content = json.loads((workplace / "here" / "comparison.json").read_text(encoding="utf-8"))
    jsonschema.validate(content, COMPARISON)
    assert content["rivals"]["questions"]["Q1"] == "How much does the well give?"
    readings = content["rivals"]["readings"]["Q1"]
    assert readings["rich-well"]["changes"] == "It gives plenty."
    assert set(readings["poor-well"]["comparison"]["formats"]) == set(content["formats"])
    shares = {
        name: one["comparison"]["formats"]["all-three"]["measures"]["settlement"]["value"]
        for name, one in readings.items()
    }
    assert shares["poor-well"] < shares["rich-well"]
    page = (workplace / "here" / "report.html").read_text(encoding="utf-8")
    assert "Rival readings of the sources" in page
    assert "It gives plenty." in page
    plain = compare("rival.yaml", *SMALL, "--out", "plain")
    assert plain.exit_code == 0
    assert json.loads((workplace / "plain" / "comparison.json").read_text(encoding="utf-8"))["rivals"] is None


def test_stopped_among_the_readings_the_page_has_the_contradictions_that_are_whole(workplace, minimal, monkeypatch):
    from sim.report.words.progress import Bar

    many = RIVALS + '  Q2: {question: "Who is patient?", readings: [rich-well, poor-well]}\n'
    (workplace / "rival.yaml").write_text(minimal.read_text(encoding="utf-8") + READINGS + many, encoding="utf-8")
    say = Bar.say

    def stop_at_the_last(bar: Bar, label: str) -> None:
        say(bar, label)
        if label == "reading Q2: poor-well":
            bar.stop()

    monkeypatch.setattr(Bar, "say", stop_at_the_last)
    stopped = compare("rival.yaml", *SMALL, "--rivals", "--out", "here")
    assert stopped.exit_code == 130, stopped.output
    content = json.loads((workplace / "here" / "comparison.json").read_text(encoding="utf-8"))
    assert content["left_out"]["readings"] == "stopped"
    assert list(content["rivals"]["questions"]) == list(content["rivals"]["readings"]) == ["Q1"]
    page = (workplace / "here" / "report.html").read_text(encoding="utf-8")
    assert "How much does the well give?" in page
    assert "The section on other rules" not in page


def test_a_file_without_rival_readings_says_so(workplace, minimal):
    result = compare(minimal, *SMALL, "--rivals", "--out", "here")
    assert result.exit_code == 0
    assert "names no rival readings" in " ".join(result.output.split())


def test_the_same_command_again_computes_nothing(workplace, minimal):
    cli = CliRunner()
    command = ["compare", str(minimal), "--draws", "4", "--replications", "2", "--no-report", "--no-variants"]
    first = cli.invoke(app, command)
    assert first.exit_code == 0, first.output
    (folder,) = (path for path in (workplace / "results" / "village-well").iterdir() if not path.is_symlink())
    assert not (folder / "report.html").exists()
    stamp = (folder / "manifest.json").read_bytes()
    second = cli.invoke(app, command)
    assert second.exit_code == 0, second.output
    assert "nothing was computed" in second.stderr
    assert second.stdout == first.stdout
    assert (folder / "manifest.json").read_bytes() == stamp
    as_json = cli.invoke(app, [*command, "--json", "-q"])
    assert as_json.stdout == (folder / "comparison.json").read_text()
    assert as_json.stderr == ""
    (folder / "of-the-first-run").touch()
    assert "nothing was computed" not in cli.invoke(app, [*command, "--again"]).stderr
    assert (folder / "manifest.json").exists()
    assert not (folder / "of-the-first-run").exists()  # a whole new folder
    with_page = cli.invoke(app, [word for word in command if word != "--no-report"])
    assert "nothing was computed" not in with_page.stderr
    assert (folder / "report.html").exists()


def test_widened_the_whole_comparison_takes_the_default_spread(workplace, minimal):
    plain, wide = (
        json.loads(compare(minimal, *SMALL, *more, "--json", "--out", name).stdout)
        for name, more in (("plain", ()), ("wide", ("--widen",)))
    )
    assert wide["settings"]["widen"]
    assert "widen" not in plain["settings"]
    assert wide["digest"] != plain["digest"]
    resolved = (workplace / "wide" / "scenario.resolved.yaml").read_text()
    assert "shut: {uniform: [0.35, 0.85], basis: assumed" in resolved
