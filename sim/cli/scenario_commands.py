"""Commands on one scenario file: what is in it, what can be asked of it, one talk of it, what theory says of it."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from sim.app.errors import InputError
from sim.cli import options
from sim.cli.console import out

CHECK_EPILOG = options.examples(
    "check scenarios/minimal.yaml --set horizon_months=36",
    "check FILE --conflict   [dim]# how much conflict it holds, in tables[/dim]",
    "check FILE --json | jq '.conflict.formats[].share'",
)
Tabled = Annotated[bool, typer.Option("--conflict", help="Print how much conflict the file holds, in tables.")]
SOLVE_EPILOG = options.examples(
    "solve scenarios/minimal.yaml --format farmers",
    "solve FILE --format F --draw 12 --seed 1   [dim]# the numbers of draw 12 of a comparison[/dim]",
    "solve FILE --format F --json | jq .equilibrium.found.core",
)
TRACE_EPILOG = options.examples(
    "trace scenarios/minimal.yaml --format farmers",
    "trace FILE --format F --draw 3   [dim]# other uncertain numbers; with --replication other luck alone[/dim]",
    "trace FILE --format F --seed 1 --run 12   [dim]# run 12 of a comparison with that seed[/dim]",
)
EVIDENCE_EPILOG = options.examples(
    "evidence scenarios/camp-david-1978.yaml",
    "evidence FILE --claims C1,C2",
    "evidence FILE --csv > numbers.csv   [dim]# one row a number and claim[/dim]",
)
Claims = Annotated[
    str | None, typer.Option("--claims", metavar="A,B", help="Only these claims.", show_default="all that are cited")
]
OfDesigns = Annotated[bool, typer.Option("--design", help="Of design files, for sweeps, in place of scenario files.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print a table for other programs: one row a number and claim.")]


def check(
    file: options.File,
    *,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
    tabled: Tabled = False,
    as_json: options.FindingsJson = False,
) -> None:
    """Read a scenario file, say what is in it and how much conflict it holds, or everything that is wrong with it."""
    from sim.app.check import check as look
    from sim.report.scenario.overview import overview

    checked = look(options.changed_scenario(file, sets, overrides, scenario=scenario, variant=variant))
    if as_json:
        sys.stdout.write(json.dumps(checked.to_data(), indent=2) + "\n")
        return
    parts = overview(checked)
    if tabled:
        from sim.report.scenario.conflict_tables import conflict_tables  # knows the compiled formats, so it loads late

        parts = conflict_tables(checked.conflict, checked.structure)
    for part in parts:
        out().print(part)


def schema(*, design: OfDesigns = False) -> None:
    """Print the JSON schema of scenario files, or of designs, for editors and other programs."""
    sys.stdout.write(design_schema_text() if design else schema_text())


def schema_text() -> str:
    """The JSON schema of written scenario files, as text that ends in a line feed."""
    from sim.scenario import schema_json

    return json.dumps(schema_json(), indent=2, ensure_ascii=False) + "\n"


def design_schema_text() -> str:
    """The JSON schema of designs, likewise."""
    from sim.sweep.designs.written_design import design_schema_json

    return json.dumps(design_schema_json(), indent=2, ensure_ascii=False) + "\n"


def variants(file: options.OptionalFile = None) -> None:
    """List the variants of rules and constants, and with a FILE its own overrides and scenarios."""
    from sim.report.scenario.overview import all_variants, own_changes

    changes = own_changes(options.changed_scenario(file, None, None).resolved) if file else ()
    for part in (*all_variants(), *changes):
        out().print(part)


def trace(
    file: options.File,
    *,
    format_id: options.FormatName,
    draw: options.TracedDraw = None,
    replication: options.Replication = None,
    run: options.Run = None,
    replications: options.Replications = 2,
    seed: options.Seed = 1,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
) -> None:
    """Play one talk and tell it in plain words: who offered what, who refused and why, how it ended."""
    from sim.app.trace import trace as play
    from sim.report.transcript.talk_text import told_lines

    if run is not None and (draw, replication) != (None, None):
        raise InputError("--run names a draw and a replication already: leave out --run, or --draw and --replication.")
    changed = options.changed_scenario(file, sets, overrides, scenario=scenario, variant=variant)
    place = (draw or 0, replication or 0) if run is None else divmod(run, replications)
    for line in told_lines(play(changed, format_id, draw=place[0], replication=place[1], seed=seed)):
        out().print(line, markup=False, soft_wrap=True)


def solve(
    file: options.File,
    *,
    format_id: options.SolvedName = None,
    draw: options.Draw = None,
    mean: options.Mean = False,
    seed: options.Seed = 1,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
    as_json: options.FindingsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Solve one format: zone of possible agreement, frontier, Nash and other solutions, stationary equilibrium.

    Exactly where the deals can be listed (20,000), else by search with the gap stated.
    """
    from sim.app.solve import WORK
    from sim.app.solve import solve as solve_format
    from sim.report.solution.solution_view import whole_view
    from sim.report.words.progress import Bar

    if mean and draw is not None:
        raise InputError("--mean and --draw exclude each other: leave one out.")
    changed = options.changed_scenario(file, sets, overrides, scenario=scenario, variant=variant)
    with Bar(WORK, quiet=quiet) as bar:
        found = solve_format(changed, format_id, draw=draw, seed=seed, progress=bar)
    if as_json:
        sys.stdout.write(json.dumps(found.to_data(), indent=2) + "\n")
        return
    out().print(whole_view(found))


def evidence(
    file: options.File,
    *,
    claims: Claims = None,
    as_csv: AsCsv = False,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
) -> None:
    """Print the numbers of a scenario grouped by the claim they rest on, and those that rest on none.

    A number that cites several claims stands under each of them.
    """
    from sim.app.scenarios import evidence as by_claim
    from sim.report.scenario.overview import evidence_view, write_evidence_csv

    changed = options.changed_scenario(file, sets, overrides, scenario=scenario, variant=variant)
    cited = by_claim(changed, options.names(claims))
    if as_csv:
        write_evidence_csv(cited, sys.stdout)
        return
    for part in evidence_view(cited, everything=not claims):
        out().print(part, soft_wrap=True)
