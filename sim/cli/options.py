"""The arguments and options of the commands, each described once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.app.scenarios import Scenario


class Theory(StrEnum):
    """Theories that `compare` can set beside the talks."""

    equilibrium = "equilibrium"


_CHANGE, _SIZE, _OUTPUT = "What is changed in the file", "How much is computed", "Output"

File = Annotated[Path, typer.Argument(metavar="FILE", help="The scenario file (YAML).", show_default=False)]
OptionalFile = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="A scenario file; its own changes are listed too.", show_default=False),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change one value, checked like the file: [cyan]--set horizon_months=36[/cyan]. May be repeated.",
        rich_help_panel=_CHANGE,
        show_default=False,
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--override",
        metavar="NAME",
        help="Apply a named override of the file. May be repeated.",
        rich_help_panel=_CHANGE,
        show_default=False,
    ),
]
ScenarioName = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        metavar="NAME",
        help="Apply a named scenario of the file: a list of its overrides.",
        rich_help_panel=_CHANGE,
        show_default=False,
    ),
]
VariantName = Annotated[
    str | None,
    typer.Option(
        "--variant",
        metavar="NAME",
        help="Use another rule: [cyan]--variant foresight=0[/cyan]. [cyan]parley variants[/cyan] lists them.",
        rich_help_panel=_CHANGE,
        show_default=False,
    ),
]
Formats = Annotated[
    str | None,
    typer.Option(
        "--formats", metavar="A,B", help="Only these talk formats.", rich_help_panel=_SIZE, show_default="all"
    ),
]
Draws = Annotated[
    int, typer.Option("--draws", min=2, metavar="N", help="Draws of the uncertain numbers.", rich_help_panel=_SIZE)
]
Replications = Annotated[
    int,
    typer.Option("--replications", min=2, metavar="N", help="Runs of chance for each draw.", rich_help_panel=_SIZE),
]
Seed = Annotated[
    int,
    typer.Option("--seed", min=0, max=2**63 - 1, metavar="N", help="Same seed, same numbers.", rich_help_panel=_SIZE),
]
Variants = Annotated[
    bool,
    typer.Option(
        "--variants/--no-variants",
        help="Compute the rule variants side by side, at a quarter of the draws, and the verdict.",
        rich_help_panel=_SIZE,
    ),
]
Rivals = Annotated[
    bool,
    typer.Option(
        "--rivals/--no-rivals",
        help="Play every reading of the sources where the file says that they contradict each other, at a quarter of "
        "the draws.",
        rich_help_panel=_SIZE,
    ),
]
Shares = Annotated[
    bool,
    typer.Option(
        "--shares/--no-shares",
        help="Say what the answer rests on: shares of its variance, and the numbers to know better. Not with "
        "--no-variants.",
        rich_help_panel=_SIZE,
    ),
]
Benchmarks = Annotated[
    bool,
    typer.Option(
        "--benchmarks/--no-benchmarks",
        help="Say what was possible: zone of possible agreement, distance of the texts from Nash and other solutions.",
        rich_help_panel=_SIZE,
    ),
]
TheoryName = Annotated[
    Theory | None,
    typer.Option(
        "--theory",
        help="Set the stationary equilibrium of every format beside the talks; some seconds a draw.",
        rich_help_panel=_SIZE,
        show_default=False,
    ),
]
TheoryDraws = Annotated[
    int,
    typer.Option(
        "--theory-draws", min=2, metavar="N", help="Draws for which --theory is solved.", rich_help_panel=_SIZE
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        metavar="N",
        help="Threads; the results do not depend on it.",
        rich_help_panel=_SIZE,
        show_default="all cores",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Write to this folder.",
        rich_help_panel=_OUTPUT,
        show_default="results/<scenario>/<run id>",
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print comparison.json to standard output, and nothing else.", rich_help_panel=_OUTPUT),
]
Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        metavar="CODE",
        help="Language of the report, the figures and the summary printed here: [cyan]en[/cyan] or [cyan]vi[/cyan]. "
        "Names are those that the file has under [cyan]labels[/cyan]. Talks told in words, notes on numbers, progress "
        "and the sentences of comparison.json stay English.",
        rich_help_panel=_OUTPUT,
    ),
]
Report = Annotated[
    bool,
    typer.Option(
        "--report/--no-report",
        help="Write the page with its figures; without it a small comparison takes a tenth of the time.",
        rich_help_panel=_OUTPUT,
    ),
]
Again = Annotated[
    bool, typer.Option("--again", help="Compute anew, though this very run is there already.", rich_help_panel=_OUTPUT)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.", rich_help_panel=_OUTPUT)]
FormatName = Annotated[
    str, typer.Option("--format", metavar="F", help="The talk format to follow.", show_default=False)
]
Run = Annotated[
    int,
    typer.Option(
        "--run",
        min=0,
        metavar="K",
        help="Replay run K of a comparison with this seed: draw x replications + replication.",
        rich_help_panel=_SIZE,
    ),
]
SolvedName = Annotated[
    str | None, typer.Option("--format", metavar="F", help="The talk format to solve.", show_default=False)
]
Draw = Annotated[
    int | None,
    typer.Option(
        "--draw",
        min=0,
        metavar="N",
        help="Take the uncertain numbers of draw N of a comparison with this seed.",
        rich_help_panel=_SIZE,
        show_default="their means",
    ),
]
Mean = Annotated[
    bool,
    typer.Option(
        "--mean",
        help="Take the uncertain numbers at their means; so it is without --draw.",
        rich_help_panel=_SIZE,
        show_default=False,
    ),
]
FindingsJson = Annotated[
    bool, typer.Option("--json", help="Print the findings as JSON, and nothing else.", rich_help_panel=_OUTPUT)
]
TablesPage = Annotated[
    Path | None,
    typer.Option(
        "--page",
        metavar="FILE",
        help="Also write the tables as a page of Markdown.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]


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
) -> Scenario:
    """The scenario file with the changes asked for; read when it is first used."""
    return Scenario(file, None, tuple(sets or ()), tuple(overrides or ()), scenario, variant)
