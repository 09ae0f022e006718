"""`parley study`, `parley retrodict` and `parley mechanisms`: experiments that a file asks for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.app.errors import InputError
from sim.cli import options
from sim.cli.console import command_line, note, out, waiting
from sim.cli.delivery import REPORT, TABLES, View, Wanted, check_output, deliver, write_page
from sim.types.playing import Progress, Size

RETRODICTION_FILE = Path("scenarios/cases/retrodiction.yml")
MECHANISM_FILES = "scenarios/*/mechanisms.yml"
RETRODICT_EPILOG = options.examples(
    "retrodict",
    "retrodict --cases malta-1989,yalta-1945 --draws 100",
    "retrodict --page docs/retrodiction.md",
    "retrodict --json | jq '.orderings[] | {id, share}'",
)
MECHANISMS_EPILOG = options.examples(
    "mechanisms",
    "mechanisms --only M01,M05 --draws 100",
    "mechanisms --page docs/mechanisms.md",
    "mechanisms --json | jq '.entries[] | {id, moves}'",
)

StudyPath = Annotated[Path, typer.Argument(metavar="FILE", help="The study file (YAML).", show_default=False)]
Findings = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="The page to write.", show_default="results/<scenario>/findings.md"),
]
RetrodictionPath = Annotated[Path, typer.Argument(metavar="[FILE]", help="The retrodiction file (YAML).")]
Cases = Annotated[str | None, typer.Option("--cases", metavar="A,B", help="Only these cases.", show_default="all")]
DesignDraws = Annotated[
    int,
    typer.Option(
        "--design-draws", min=2, metavar="N", help="Draws for each set of constants, where orderings are looked at."
    ),
]
Freeze = Annotated[
    bool,
    typer.Option("--freeze", help="Write the digests of the cases beside the file, run nothing. Once, before any run."),
]
MechanismPath = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="The mechanism file (YAML).", show_default=f"the first {MECHANISM_FILES}"),
]
Only = Annotated[str | None, typer.Option("--only", metavar="A,B", help="Only these mechanisms.", show_default="all")]


def study(
    file: StudyPath,
    *,
    draws: options.Draws = 300,
    replications: options.Replications = 4,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    out_file: Findings = None,
    yes: options.Yes = False,
    quiet: options.Quiet = False,
) -> None:
    """Answer the standing questions of a study file under every rule variant, and write the findings as a page.

    Who stops a text and on what, what further seats change, pressure from none to high, each red line off, standing
    off, a party split in two, contacts doubled; and whether anything is degenerate.
    """
    from sim.app.harness import RESULTS
    from sim.app.study import study as run
    from sim.report.study.findings import write_findings

    check_output(out_file, "--out", file)
    size = Size(draws, replications, seed, threads)
    with waiting(quiet=quiet, yes=yes) as progress:
        findings = run(file, size, progress=progress)
    page = out_file or RESULTS / findings.scenario.id / "findings.md"
    write_findings(findings, page, _study_command(file, size, out_file))
    note(f"Findings: {page}", quiet=quiet)


def _study_command(file: Path, size: Size, out_file: Path | None) -> str:
    """What makes the page again, without the machine's folders."""
    words = ["parley", "study", file, "--draws", size.draws, "--replications", size.replications, "--seed", size.seed]
    words += ["--out", out_file] if out_file else []
    return " ".join(word.name if isinstance(word, Path) and word.is_absolute() else str(word) for word in words)


def retrodict(
    file: RetrodictionPath = RETRODICTION_FILE,
    *,
    cases: Cases = None,
    draws: options.Draws = 625,
    replications: options.Replications = 8,
    design_draws: DesignDraws = 16,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    freeze: Freeze = False,
    page: options.TablesPage = None,
    out_dir: options.Out = None,
    again: options.Again = False,
    lang: options.Lang = "en",
    as_json: options.FindingsJson = False,
    yes: options.Yes = False,
    quiet: options.Quiet = False,
) -> None:
    """Simulate documented meetings: what came of them, twins without their cause, orderings; scored, nothing fitted.

    Writes a page and retrodiction.json to results/<id>/<run id>. The same command again shows the result that is there.
    """
    from sim.app.retrodict import RetrodictRequest, freeze_cases
    from sim.app.retrodict import retrodict as simulate
    from sim.report.words.language import check_language, language

    check_output(page, "--page", file)
    if freeze:
        note(f"Frozen: {freeze_cases(file)}", quiet=quiet)
        return
    size = Size(draws, replications, seed, threads)
    request = RetrodictRequest(file, options.names(cases), size, design_draws)
    note(*check_language(lang, request.spec.languages), quiet=quiet)
    keeping = request.keeping(lang, out_dir, sys.argv)

    def compute(folder: Path, progress: Progress) -> View:
        from sim.report.retrodiction.retrodiction_page import view, write_retrodiction
        from sim.report.words.plain import report_line

        found = simulate(request, progress=progress)
        with language(lang):
            write_retrodiction(found, folder, command_line(sys.argv))
            parts = [*view(found), report_line(keeping.folder / REPORT)]
        return lambda _: parts

    deliver(keeping, compute, "retrodiction.json", Wanted(again=again, as_json=as_json, quiet=quiet, yes=yes))
    if page is not None:
        write_page(page, (keeping.folder / TABLES).read_text(encoding="utf-8"), quiet=quiet)


def mechanisms(
    file: MechanismPath = None,
    *,
    only: Only = None,
    draws: options.Draws = 250,
    replications: options.Replications = 8,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    page: options.TablesPage = None,
    as_json: options.FindingsJson = False,
    yes: options.Yes = False,
    quiet: options.Quiet = False,
) -> None:
    """Switch each mechanism of the evidence off (or up and down): what carries it, and what it does to the outcome.

    Both sides of a switch share draws and chance, so that nothing but the switch differs.
    """
    from sim.app.mechanisms import mechanisms as run
    from sim.report.study.mechanisms_view import markdown, view
    from sim.types.records import to_data

    size, file = Size(draws, replications, seed, threads), file or _mechanism_file()
    check_output(page, "--page", file)
    with waiting(quiet=quiet, yes=yes) as progress:
        found = run(file, options.names(only), size, progress=progress)
    if page is not None:
        write_page(page, markdown(found, command_line(sys.argv)), quiet=quiet)
    if as_json:
        sys.stdout.write(json.dumps(to_data(found), indent=2) + "\n")
        return
    for part in view(found):
        out().print(part)


def _mechanism_file() -> Path:
    """The first mechanism file of a scenario folder here.

    Raises:
        InputError: there is none.
    """
    for file in sorted(Path().glob(MECHANISM_FILES)):
        return file
    raise InputError(f"There is no {MECHANISM_FILES} here: name a mechanism file.")
