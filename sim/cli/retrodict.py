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
from sim.cli.progress import Bar
from sim.cli.speak import note, out, speaking
from sim.cli.store import folder_for, point_latest, whole_folder

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.analysis.retrodiction import Retrodiction, Sizes

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
Page = Annotated[
    Path | None,
    typer.Option("--page", metavar="FILE", help="Also write the tables as a page of Markdown.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the findings as JSON, and nothing else.")]


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
    page: Page = None,
    out_dir: options.Out = None,
    as_json: AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Simulate documented meetings: what came of them, twins without their cause, orderings; scored, nothing fitted.

    Writes a page and retrodiction.json to results/<id>/<run id>.
    """
    with speaking():
        only = tuple(name.strip() for name in (cases or "").split(",") if name.strip())
        if freeze:
            from sim.analysis.retrodiction import freeze_digest
            from sim.cli.retrodiction_file import read_retrodiction, write_freeze

            asked = read_retrodiction(file, ())
            target = write_freeze(file, *freeze_digest(asked.cases, asked.codings))
            note(f"Frozen: {target}", quiet=quiet)
            return
        wanted = Wanted(file, only, draws, replications, design_draws, seed, threads, out_dir, page, quiet)
        found, folder, content = run(wanted, sys.argv)
        if as_json:
            sys.stdout.write(json.dumps(content, indent=2) + "\n")
            return
        for part in view(found, content):
            out().print(part)
        out().print(f"\nReport: [bold]{escape(str(folder / 'report.html'))}[/bold]", soft_wrap=True)


def run(wanted: Wanted, argv: list[str]) -> tuple[Retrodiction, Path, dict[str, object]]:
    """Compute and write everything.

    Returns:
        What was found, the folder, and the content of `retrodiction.json`.

    Raises:
        InputError: the retrodiction file names what is not there.
        ScenarioError: a case is wrong.
    """
    from sim.analysis.retrodiction import retrodict as simulate
    from sim.analysis.retrodiction import total_runs
    from sim.cli.retrodiction_file import changed_since_freeze, read_retrodiction
    from sim.report.retrodiction import Frozen, as_data, markdown, render
    from sim.rules.kernel import cache_is_cold

    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=wanted.quiet)
    asked = read_retrodiction(wanted.file, wanted.cases)
    sizes = _sizes(wanted)
    with Bar(total_runs(asked, sizes), quiet=wanted.quiet) as bar:
        found = simulate(asked, sizes, bar.add, bar.say)
    changed = changed_since_freeze(wanted.file, {one.case.id: one.digests for one in found.cases})
    frozen = Frozen(None if changed is None else tuple(changed))
    content = as_data(found, frozen)
    command = "parley " + " ".join(_plain(argv[1:]))
    target = folder_for(asked.id, _run_id(wanted, found.digest), wanted.out)
    with whole_folder(target) as folder:
        (folder / "report.html").write_text(render(found, frozen, command), encoding="utf-8")
        (folder / "retrodiction.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        manifest = {"manifest": 1, "digest": found.digest, "seed": wanted.seed, "argv": argv}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    if wanted.out is None:
        point_latest(target)
    if wanted.page is not None:
        wanted.page.parent.mkdir(parents=True, exist_ok=True)
        wanted.page.write_text(markdown(found, frozen, command), encoding="utf-8")
        note(f"Page: {wanted.page}", quiet=wanted.quiet)
    return found, target, content


def _sizes(wanted: Wanted) -> Sizes:
    from sim.analysis.constant_sets import N_SETS
    from sim.analysis.retrodiction import Sizes
    from sim.analysis.statements import Size

    main = Size(wanted.draws, wanted.replications, wanted.seed, wanted.threads)
    other = Size(max(2, wanted.draws // OTHER_SHARE), wanted.replications, wanted.seed, wanted.threads)
    design = Size(wanted.design_draws * N_SETS, DESIGN_REPLICATIONS, wanted.seed, wanted.threads)
    return Sizes(main, other, design)


def _run_id(wanted: Wanted, digest: str) -> str:
    parts = (digest, wanted.cases, wanted.draws, wanted.replications, wanted.design_draws, wanted.seed)
    text = json.dumps([*map(str, parts), wanted.file.read_text(encoding="utf-8")])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _plain(words: list[str]) -> list[str]:
    """The command line without where things are written."""
    kept: list[str] = []
    skip = False
    for word in words:
        if not skip and word not in ("--out", "--page"):
            kept.append(word)
        skip = word in ("--out", "--page")
    return kept


def view(found: Retrodiction, content: dict[str, object]) -> list[RenderableType]:
    """The findings for a terminal."""
    from rich.table import Table

    from sim.analysis.retrodiction import NO_RANKING
    from sim.report.retrodiction import CLASS_WORDS, HELD_SHARE
    from sim.report.words import percent, points
    from sim.types import COARSE_CLASSES

    first = found.asked.codings[0]
    cases = Table(title="Documented, and what the files give", title_justify="left")
    for head in ("case", "documented", *(CLASS_WORDS[name].lower() for name in COARSE_CLASSES), "given"):
        cases.add_column(head, justify="left" if head in ("case", "documented") else "right")
    for one in found.cases:
        words = " or ".join(CLASS_WORDS[name].lower() for name in one.documented) if one.held else "(not held)"
        given = percent(one.scores[first].given) if one.held else ""
        cases.add_row(one.case.id, words, *(percent(share.value) for share in one.shares[first]), given)
    parts: list[RenderableType] = [cases]
    for who, (log, brier) in found.mean_scores(first).items():
        parts.append(f"{who}: mean log score {log:.2f}, Brier {brier:.2f}")
    if found.twins:
        twins = Table(title="Twins", title_justify="left")
        for head in ("twin", "settlement", "with the change", "difference", ""):
            twins.add_column(head)
        for one in found.twins:
            word = "holds" if all(one.holds(name) for name in found.asked.codings) else "[bold]does not hold[/bold]"
            moved = points(one.difference[first].value)
            settled = (percent(one.plain[first].value), percent(one.changed[first].value))
            twins.add_row(one.twin.summary, *settled, moved, word)
        parts.append(twins)
    if found.orderings:
        orderings = Table(title="Orderings: share of constants x variants x codings", title_justify="left")
        for head in ("", "ordering", "holds in", "undecided", ""):
            orderings.add_column(head)
        for one in found.orderings:
            word = "holds" if one.share >= HELD_SHARE else "[bold]fails[/bold]"
            mark = word + (" (input)" if one.ordering.is_input else "")
            orderings.add_row(one.ordering.id, one.ordering.claim, percent(one.share), str(one.undecided), mark)
        parts.append(orderings)
    frozen = content["frozen"]
    assert isinstance(frozen, dict)
    return [*parts, str(frozen["words"]), NO_RANKING]
