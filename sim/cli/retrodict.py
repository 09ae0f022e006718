"""`parley retrodict`: simulate documented meetings and set what comes out beside what was documented."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from sim.cli import options
from sim.cli.console import command_line, note, out, speaking
from sim.cli.store import folder_for, point_latest, whole_folder
from sim.report.words.progress import Bar

if TYPE_CHECKING:
    from sim.analysis.experiments.retrodiction import Asked, Retrodiction, Sizes
    from sim.report.retrodiction.retrodiction_page import Frozen

DEFAULT_FILE = Path("scenarios/cases/retrodiction.yml")
OTHER_SHARE = 4
"""Further codings get this part of the draws."""
DESIGN_DRAWS_A_SET = 16
DESIGN_REPLICATIONS = 4
EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley retrodict\n\n"
    "  parley retrodict --cases malta-1989,yalta-1945 --draws 100\n\n"
    "  parley retrodict --page docs/retrodiction.md\n\n"
    "  parley retrodict --json | jq '.orderings[] | {id, share}'"
)

File = Annotated[Path, typer.Argument(metavar="[FILE]", help="The retrodiction file (YAML).")]
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


@dataclass(frozen=True)
class Wanted:
    """What the user asked for."""

    file: Path
    cases: tuple[str, ...]
    draws: int
    replications: int
    design_draws: int
    seed: int
    threads: int | None
    out: Path | None
    page: Path | None
    quiet: bool
    language: str


def retrodict(
    file: File = DEFAULT_FILE,
    *,
    cases: Cases = None,
    draws: options.Draws = 625,
    replications: options.Replications = 8,
    design_draws: DesignDraws = DESIGN_DRAWS_A_SET,
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
        only = tuple(name.strip() for name in (cases or "").split(",") if name.strip())
        if freeze:
            from sim.analysis.experiments.retrodiction import freeze_digest
            from sim.cli.retrodiction_file import read_retrodiction, write_freeze

            asked = read_retrodiction(file, ())
            target = write_freeze(file, *freeze_digest(asked.cases, asked.codings))
            note(f"Frozen: {target}", quiet=quiet)
            return
        wanted = Wanted(file, only, draws, replications, design_draws, seed, threads, out_dir, page, quiet, lang)
        found, frozen, folder = run(wanted, sys.argv)
        if as_json:
            sys.stdout.write((folder / "retrodiction.json").read_text(encoding="utf-8"))
            return
        _show(found, frozen, folder, wanted.language)


def run(wanted: Wanted, argv: list[str]) -> tuple[Retrodiction, Frozen, Path]:
    """Compute and write everything.

    Returns:
        What was found, whether the cases are as they were frozen, and the folder.

    Raises:
        InputError: the retrodiction file names what is not there.
        ScenarioError: a case is wrong.
    """
    from sim.analysis.experiments.retrodiction import retrodict as simulate
    from sim.analysis.experiments.retrodiction import total_runs
    from sim.cli.retrodiction_file import changed_since_freeze, read_retrodiction
    from sim.report.retrodiction.retrodiction_page import Frozen, as_data, markdown, render
    from sim.report.words.language import language
    from sim.rules.kernel import cache_is_cold

    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=wanted.quiet)
    asked = read_retrodiction(wanted.file, wanted.cases)
    _check_language(wanted, asked)
    sizes = _sizes(wanted)
    with Bar(total_runs(asked, sizes), quiet=wanted.quiet) as bar:
        found = simulate(asked, sizes, bar.add, bar.say)
    changed = changed_since_freeze(wanted.file, {one.case.id: one.digests for one in found.cases})
    frozen = Frozen(None if changed is None else tuple(changed))
    command = command_line(argv)
    target = folder_for(asked.id, _run_id(wanted, found.digest), wanted.out)
    with whole_folder(target) as folder:
        with language(wanted.language):
            (folder / "report.html").write_text(render(found, frozen, command), encoding="utf-8")
        (folder / "retrodiction.json").write_text(json.dumps(as_data(found, frozen), indent=2) + "\n", encoding="utf-8")
        manifest = {"manifest": 1, "digest": found.digest, "seed": wanted.seed, "argv": argv}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    if wanted.out is None:
        point_latest(target)
    if wanted.page is not None:
        wanted.page.parent.mkdir(parents=True, exist_ok=True)
        wanted.page.write_text(markdown(found, frozen, command), encoding="utf-8")
        note(f"Page: {wanted.page}", quiet=wanted.quiet)
    return found, frozen, target


def _sizes(wanted: Wanted) -> Sizes:
    from sim.analysis.comparison.constant_sets import N_SETS
    from sim.analysis.experiments.retrodiction import Sizes
    from sim.types.playing import Size

    main = Size(wanted.draws, wanted.replications, wanted.seed, wanted.threads)
    other = Size(max(2, wanted.draws // OTHER_SHARE), wanted.replications, wanted.seed, wanted.threads)
    design = Size(wanted.design_draws * N_SETS, DESIGN_REPLICATIONS, wanted.seed, wanted.threads)
    return Sizes(main, other, design)


def _run_id(wanted: Wanted, digest: str) -> str:
    parts = (digest, wanted.cases, wanted.draws, wanted.replications, wanted.design_draws, wanted.seed)
    spoken = () if wanted.language == "en" else (wanted.language,)  # English runs keep the id they had
    text = json.dumps([*map(str, (*parts, *spoken)), wanted.file.read_text(encoding="utf-8")])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _show(found: Retrodiction, frozen: Frozen, folder: Path, code: str) -> None:
    """Print the findings for people, in the language asked for."""
    from sim.cli.retrodict_view import view
    from sim.report.words.language import language, say

    with language(code):
        for part in view(found, frozen):
            out().print(part)
        where = f"[bold]{escape(str(folder / 'report.html'))}[/bold]"
        out().print("\n" + say("Report: {file}", file=where), soft_wrap=True)


def _check_language(wanted: Wanted, asked: Asked) -> None:
    """Stop at a language that neither the report nor any file knows.

    Raises:
        InputError: with the languages there are.
    """
    from sim.report.words.language import check_language

    labelled = [code for case in asked.cases for code in case.base.labels or ()]
    for words in check_language(wanted.language, [*asked.labels, *labelled]):
        note(words, quiet=wanted.quiet)
