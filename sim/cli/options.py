"""The arguments and options of the commands, each described once."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.app.errors import InputError

if TYPE_CHECKING:
    from sim.app.scenarios import Scenario

_change = partial(typer.Option, rich_help_panel="What is changed in the file", show_default=False)
_size = partial(typer.Option, rich_help_panel="How much is computed")
_output = partial(typer.Option, rich_help_panel="Output")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The scenario file (YAML).", show_default=False)]
OptionalFile = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="A scenario file; its own changes are listed too.", show_default=False),
]
Sets = Annotated[
    list[str] | None,
    _change(
        "--set",
        metavar="PATH=VALUE",
        help="Change one value, checked like the file: [cyan]--set horizon_months=36[/cyan]. May be repeated.",
    ),
]
Overrides = Annotated[
    list[str] | None, _change("--override", metavar="NAME", help="Apply a named override of the file. May be repeated.")
]
ScenarioName = Annotated[
    str | None,
    _change("--scenario", metavar="NAME", help="Apply a named scenario of the file: a list of its overrides."),
]
VariantName = Annotated[
    str | None,
    _change(
        "--variant",
        metavar="NAME",
        help="Use another rule: [cyan]--variant foresight=0[/cyan]. [cyan]parley variants[/cyan] lists them.",
    ),
]
Formats = Annotated[str | None, _size("--formats", metavar="A,B", help="Only these talk formats.", show_default="all")]
Draws = Annotated[int, _size("--draws", min=2, metavar="N", help="Draws of the uncertain numbers.")]
MostDraws = Annotated[
    int | None,
    _size(
        "--draws",
        min=2,
        metavar="N",
        help="Draws of the uncertain numbers; at most so many with --precision or --budget.",
        show_default="as many as --precision takes",
    ),
]
Precision = Annotated[
    float | None,
    _size(
        "--precision",
        min=0.001,
        max=0.5,
        metavar="H",
        help="Go on until the 95% intervals of settlement, and of the leading format's difference from the runner-up, "
        "are no wider than H to either side.",
        show_default="0.02, or none with --draws",
    ),
]
Budget = Annotated[
    str | None,
    _size(
        "--budget",
        metavar="TIME",
        help="Go on until so much time is up: 10s, 2m, 1h. What then is there is kept; the draws it took are said, and "
        "the same --draws play the same runs.",
        show_default=False,
    ),
]
Deep = Annotated[
    bool,
    _size(
        "--deep/--quick",
        help="Also play other behavioural constants, and say what the answer rests on: shares of its variance, and "
        "the numbers to know better.",
    ),
]
Replications = Annotated[int, _size("--replications", min=2, metavar="N", help="Runs of chance for each draw.")]
Seed = Annotated[int, _size("--seed", min=0, max=2**63 - 1, metavar="N", help="Same seed, same numbers.")]
Variants = Annotated[
    bool,
    _size(
        "--variants/--no-variants",
        help="Play the rule variants beside it, each on as many of the draws as it needs, and give the verdict.",
    ),
]
Rivals = Annotated[
    bool,
    _size(
        "--rivals/--no-rivals",
        help="Play every reading of the sources where the file says that they contradict each other.",
    ),
]
Widen = Annotated[
    bool,
    _size(
        "--widen",
        help="Draw numbers that the file assumes without a spread from a default one, in all runs: shares within a "
        "quarter of where they stand, ideals within a quarter of the scale, others within half of themselves.",
    ),
]
Benchmarks = Annotated[
    bool,
    _size(
        "--benchmarks/--no-benchmarks",
        help="Say what was possible: zone of possible agreement, distance of the texts from Nash and other solutions.",
    ),
]
TheoryName = Annotated[
    Literal["equilibrium"] | None,
    _size(
        "--theory",
        help="Set the stationary equilibrium of every format beside the talks; some seconds a draw.",
        show_default=False,
    ),
]
OutsideView = Annotated[
    bool,
    _size(
        "--outside-view",
        help="Pool each likelihood with the past cases that the file names for it ([cyan]reference_class[/cyan]), in "
        "log-odds, at several weights side by side.",
    ),
]
TheoryDraws = Annotated[int, _size("--theory-draws", min=2, metavar="N", help="Draws for which --theory is solved.")]
Threads = Annotated[
    int | None,
    _size("--threads", min=1, metavar="N", help="Threads; the results do not depend on it.", show_default="all cores"),
]
Out = Annotated[
    Path | None,
    _output("--out", metavar="DIR", help="Write to this folder.", show_default="results/<scenario>/<run id>"),
]
Json = Annotated[bool, _output("--json", help="Print comparison.json to standard output, and nothing else.")]
Lang = Annotated[
    str,
    _output(
        "--lang",
        metavar="CODE",
        help="Language of the report, the figures and the summary printed here: [cyan]en[/cyan] or [cyan]vi[/cyan]. "
        "Names are those that the file has under [cyan]labels[/cyan]. Talks told in words, notes on numbers, past "
        "cases, progress and the sentences of comparison.json stay English.",
    ),
]
Report = Annotated[
    bool,
    _output(
        "--report/--no-report",
        help="Write the page with its figures; without it a small comparison takes a tenth of the time.",
    ),
]
Again = Annotated[bool, _output("--again", help="Compute anew, though this very run is there already.")]
Yes = Annotated[bool, _size("--yes", help="Begin a run of more than 20 million runs, too.")]
Quiet = Annotated[bool, _output("--quiet", "-q", help="No progress and no notes.")]
FormatName = Annotated[
    str, typer.Option("--format", metavar="F", help="The talk format to follow.", show_default=False)
]
Run = Annotated[
    int | None,
    _size(
        "--run",
        min=0,
        metavar="K",
        help="In place of --draw and --replication: run K of a comparison, draw x replications + replication.",
        show_default=False,
    ),
]
TracedDraw = Annotated[
    int | None,
    _size("--draw", min=0, metavar="N", help="Which draw of the uncertain numbers, from 0.", show_default="0"),
]
Replication = Annotated[
    int | None,
    _size(
        "--replication",
        min=0,
        metavar="K",
        help="Which of the talks of that draw, from 0: other misjudgements and other luck.",
        show_default="0",
    ),
]
SolvedName = Annotated[
    str | None, typer.Option("--format", metavar="F", help="The talk format to solve.", show_default=False)
]
Draw = Annotated[
    int | None,
    _size(
        "--draw",
        min=0,
        metavar="N",
        help="Take the uncertain numbers of draw N of a comparison with this seed.",
        show_default="their means",
    ),
]
Mean = Annotated[
    bool,
    _size("--mean", help="Take the uncertain numbers at their means; so it is without --draw.", show_default=False),
]
FindingsJson = Annotated[bool, _output("--json", help="Print the findings as JSON, and nothing else.")]
TablesPage = Annotated[
    Path | None,
    _output("--page", metavar="FILE", help="Also write the tables as a page of Markdown.", show_default=False),
]


def examples(*commands: str, title: str = "Examples") -> str:
    """What stands under the help of a command: a line a command."""
    return "\n\n".join((f"[bold]{title}[/bold]", *(f"  parley {command}" for command in commands)))


def seconds(text: str | None) -> float | None:
    """Seconds in a time such as `10s`, `2m`, `1h` or `90`.

    Raises:
        InputError: it is no such time, or none at all.
    """
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?) *(s|m|h|)", text.strip())
    if found is None or not float(found[1]):
        raise InputError(f"--budget {text} is no time: write seconds, minutes or hours, such as 10s, 2m or 1h.")
    return float(found[1]) * {"m": 60.0, "h": 3600.0}.get(found[2], 1.0)


def names(text: str | None) -> tuple[str, ...]:
    """The names of a list with commas."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def changed_scenario(
    file: Path,
    sets: list[str] | None,
    overrides: list[str] | None,
    *,
    scenario: str | None = None,
    variant: str | None = None,
    widen: bool = False,
) -> Scenario:
    """The scenario file with the changes asked for; read when it is first used."""
    from sim.app.scenarios import Scenario

    return Scenario(file, None, tuple(sets or ()), tuple(overrides or ()), scenario, variant, widen=widen)
