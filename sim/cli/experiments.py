"""`parley study`, `parley retrodict` and `parley mechanisms`: experiments that a file asks for."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from sim.cli import options
from sim.cli.console import InputError, command_line, note, out, speaking
from sim.cli.progress import Bar
from sim.cli.store import folder_for, point_latest, whole_folder

if TYPE_CHECKING:
    from sim.analysis.experiments.retrodiction import Retrodiction
    from sim.app.retrodict import RetrodictRequest
    from sim.types.playing import Size

RETRODICTION_FILE = Path("scenarios/cases/retrodiction.yml")
MECHANISM_FILES = "scenarios/*/mechanisms.yml"
RETRODICT_EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley retrodict\n\n"
    "  parley retrodict --cases malta-1989,yalta-1945 --draws 100\n\n"
    "  parley retrodict --page docs/retrodiction.md\n\n"
    "  parley retrodict --json | jq '.orderings[] | {id, share}'"
)
MECHANISMS_EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley mechanisms\n\n"
    "  parley mechanisms --only M01,M05 --draws 100\n\n"
    "  parley mechanisms --page docs/mechanisms.md\n\n"
    "  parley mechanisms --json | jq '.entries[] | {id, moves}'"
)

StudyPath = Annotated[Path, typer.Argument(metavar="FILE", help="The study file (YAML).", show_default=False)]
StudyDraws = Annotated[
    int, typer.Option("--draws", min=2, metavar="N", help="Draws of the uncertain numbers, per cell.")
]
StudyReplications = Annotated[
    int, typer.Option("--replications", min=2, metavar="N", help="Runs of chance for each draw.")
]
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
    draws: StudyDraws = 300,
    replications: StudyReplications = 4,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    out_file: Findings = None,
    quiet: options.Quiet = False,
) -> None:
    """Answer the standing questions of a study file under every rule variant, and write the findings as a page.

    Who stops a text and on what, what further seats change, pressure from none to high, each red line off, standing
    off, a party split in two, contacts doubled; and whether anything is degenerate.
    """
    with speaking():
        from sim.app.study import StudyRequest
        from sim.app.study import study as run
        from sim.report.study.findings import write_findings
        from sim.types.playing import Size

        size = Size(draws, replications, seed, threads)
        _note_compiling(quiet=quiet)
        with Bar(quiet=quiet) as bar:
            findings = run(StudyRequest(file, size), progress=bar)
        page = out_file or Path("results") / findings.scenario.id / "findings.md"
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
    lang: options.Lang = "en",
    as_json: options.FindingsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Simulate documented meetings: what came of them, twins without their cause, orderings; scored, nothing fitted.

    Writes a page and retrodiction.json to results/<id>/<run id>.
    """
    with speaking():
        from sim.app import retrodict as app
        from sim.cli.request import check_language
        from sim.report.retrodiction.retrodiction_page import markdown
        from sim.types.playing import Size

        if freeze:
            note(f"Frozen: {app.freeze(file)}", quiet=quiet)
            return
        size = Size(draws, replications, seed, threads)
        request = app.RetrodictRequest(file, _names(cases), size, design_draws)
        check_language(lang, request.spec.languages, quiet=quiet)
        _note_compiling(quiet=quiet)
        with Bar(quiet=quiet) as bar:
            found = app.retrodict(request, progress=bar)
        command = command_line(sys.argv)
        folder = _leave(found, request, command, out_dir=out_dir, lang=lang)
        if page is not None:
            _write_page(page, markdown(found, command), quiet=quiet)
        if as_json:
            sys.stdout.write((folder / "retrodiction.json").read_text(encoding="utf-8"))
            return
        _show_retrodiction(found, folder, lang)


def _leave(found: Retrodiction, request: RetrodictRequest, command: str, *, out_dir: Path | None, lang: str) -> Path:
    from sim.report.retrodiction.retrodiction_page import render
    from sim.report.words.language import language
    from sim.types.records import to_data

    parts = (found.digest, request.cases, request.size.draws, request.size.replications, request.design_draws)
    spoken = () if lang == "en" else (lang,)  # English runs keep the id they had
    words = [*map(str, (*parts, request.size.seed, *spoken)), request.file.read_text(encoding="utf-8")]
    run_id = hashlib.sha256(json.dumps(words).encode()).hexdigest()[:12]
    target = folder_for(found.id, run_id, out_dir)
    with whole_folder(target) as folder:
        with language(lang):
            (folder / "report.html").write_text(render(found, command), encoding="utf-8")
        (folder / "retrodiction.json").write_text(json.dumps(to_data(found), indent=2) + "\n", encoding="utf-8")
        manifest = {"manifest": 1, "digest": found.digest, "seed": request.size.seed, "argv": sys.argv}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    if out_dir is None:
        point_latest(target)
    return target


def _show_retrodiction(found: Retrodiction, folder: Path, lang: str) -> None:
    """Print the findings for people, in the language asked for."""
    from sim.report.retrodiction.retrodiction_page import view
    from sim.report.words.language import language, say

    with language(lang):
        for part in view(found):
            out().print(part)
        where = f"[bold]{escape(str(folder / 'report.html'))}[/bold]"
        out().print("\n" + say("Report: {file}", file=where), soft_wrap=True)


def _note_compiling(*, quiet: bool) -> None:
    from sim.rules.kernel import cache_is_cold

    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=quiet)


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
    quiet: options.Quiet = False,
) -> None:
    """Switch each mechanism of the evidence off (or up and down): what carries it, and what it does to the outcome.

    Both sides of a switch share draws and chance, so that nothing but the switch differs.
    """
    with speaking():
        from sim.app.mechanisms import MechanismsRequest
        from sim.app.mechanisms import mechanisms as run
        from sim.report.study.mechanisms_view import markdown, view
        from sim.types.playing import Size
        from sim.types.records import to_data

        request = MechanismsRequest(
            file or first_mechanism_file(), _names(only), Size(draws, replications, seed, threads)
        )
        _note_compiling(quiet=quiet)
        with Bar(quiet=quiet) as bar:
            found = run(request, progress=bar)
        if page is not None:
            _write_page(page, markdown(found, command_line(sys.argv)), quiet=quiet)
        if as_json:
            sys.stdout.write(json.dumps(to_data(found), indent=2) + "\n")
            return
        for part in view(found):
            out().print(part)


def first_mechanism_file() -> Path:
    """The first mechanism file of a scenario folder here.

    Raises:
        InputError: there is none.
    """
    files = sorted(Path().glob(MECHANISM_FILES))
    if not files:
        raise InputError(f"There is no {MECHANISM_FILES} here: name a mechanism file.")
    return files[0]


def _names(text: str | None) -> tuple[str, ...]:
    """Names with commas between."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _write_page(page: Path, text: str, *, quiet: bool) -> None:
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    note(f"Page: {page}", quiet=quiet)
