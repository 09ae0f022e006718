"""The commands. Each body says what is wired to what; the work is done in the layers below.

Imports of everything heavy stand inside the commands: `parley --help` and `parley check` must answer at once, so they
never load the compiler, the plotting library or Mesa.
"""

from __future__ import annotations

import gc
import json
import sys
from typing import Annotated

import typer

from sim.cli import options
from sim.cli.backtest import EPILOG as BACKTEST_EPILOG
from sim.cli.backtest import backtest
from sim.cli.console import InputError, choose, out, speaking
from sim.cli.evidence import EPILOG as EVIDENCE_EPILOG
from sim.cli.evidence import evidence
from sim.cli.experiments import MECHANISMS_EPILOG, RETRODICT_EPILOG, mechanisms, retrodict, study
from sim.cli.forecast import EPILOG as FORECAST_EPILOG
from sim.cli.forecast import forecast
from sim.cli.import_table import EPILOG as IMPORT_EPILOG
from sim.cli.import_table import import_table

_EXAMPLES = {
    "parley": (
        "[bold]Start here[/bold]\n\n"
        "  parley check scenarios/minimal.yaml\n\n"
        "  parley compare scenarios/minimal.yaml\n\n"
        "  parley trace scenarios/minimal.yaml --format farmers\n\n"
        "  parley forecast scenarios/examples/river-ktab.csv"
    ),
    "check": "[bold]Example[/bold]\n\n  parley check scenarios/minimal.yaml --set horizon_months=36",
    "compare": (
        "[bold]Examples[/bold]\n\n"
        "  parley compare scenarios/minimal.yaml\n\n"
        "  parley compare FILE --formats farmers,all-three --draws 400 --no-variants\n\n"
        "  parley compare FILE --variant foresight=0 --seed 7\n\n"
        "  parley compare FILE --theory equilibrium --theory-draws 100\n\n"
        "  parley compare FILE --lang vi\n\n"
        "  parley compare FILE --json | jq .verdict.sentence"
    ),
    "solve": (
        "[bold]Examples[/bold]\n\n"
        "  parley solve scenarios/minimal.yaml --format farmers\n\n"
        "  parley solve FILE --format F --draw 12 --seed 1   [dim]# the numbers of draw 12 of a comparison[/dim]\n\n"
        "  parley solve FILE --format F --json | jq .equilibrium.found.core"
    ),
    "trace": (
        "[bold]Examples[/bold]\n\n"
        "  parley trace scenarios/minimal.yaml --format farmers\n\n"
        "  parley trace FILE --format F --seed 1 --run 12   [dim]# run 12 of a comparison with that seed[/dim]"
    ),
}

app = typer.Typer(
    name="parley",
    help=(
        "Compare talk formats on a documented negotiation: how likely each is to settle, who would stop it, "
        "how sure one can be."
    ),
    epilog=_EXAMPLES["parley"],
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from sim import __version__

        out().print(f"parley {__version__}")
        raise typer.Exit


@app.callback()
def _parley(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options that go before a command."""


@app.command(epilog=_EXAMPLES["check"])
def check(
    file: options.File,
    *,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
) -> None:
    """Read a scenario file, say what is in it, or everything that is wrong with it."""
    with speaking():
        from sim.cli.overview import overview
        from sim.scenario import load_scenario

        resolved = load_scenario(file, sets=sets or (), overrides=overrides or (), scenario=scenario, variant=variant)
        for part in overview(resolved):
            out().print(part)


@app.command()
def schema() -> None:
    """Print the JSON schema of scenario files, for editors and other programs."""
    with speaking():
        from sim.cli.reference import schema_text

        sys.stdout.write(schema_text())


@app.command()
def variants(file: options.OptionalFile = None) -> None:
    """List the variants of rules and constants, and with a FILE its own overrides and scenarios."""
    with speaking():
        from sim.cli.overview import all_variants, own_changes
        from sim.scenario import load_scenario

        changes = own_changes(load_scenario(file)) if file else ()
        for part in (*all_variants(), *changes):
            out().print(part)


@app.command(epilog=_EXAMPLES["compare"])
def compare(
    file: options.File,
    *,
    formats: options.Formats = None,
    draws: options.Draws = 1250,
    replications: options.Replications = 8,
    seed: options.Seed = 1,
    variants: options.Variants = True,
    shares: options.Shares = True,
    rivals: options.Rivals = False,
    benchmarks: options.Benchmarks = True,
    theory: options.TheoryName = None,
    theory_draws: options.TheoryDraws = 50,
    threads: options.Threads = None,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
    out_dir: options.Out = None,
    lang: options.Lang = "en",
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play every talk format many times and compare: outcomes, who decided, what it hangs on, how sure one can be.

    Writes a report, figures, tables and every run to results/<scenario>/<run id>.
    """
    with speaking():
        from sim.cli import flow
        from sim.cli.request import Changes, Request

        request = Request(
            changes=Changes(file, tuple(sets or ()), tuple(overrides or ()), scenario, variant),
            formats=tuple(name.strip() for name in formats.split(",") if name.strip()) if formats else (),
            draws=draws,
            replications=replications,
            seed=seed,
            variants=variants,
            threads=threads,
            out=out_dir,
            quiet=quiet,
            benchmarks=benchmarks,
            shares=shares and variants,
            rivals=rivals,
            theory_draws=min(theory_draws, draws) if theory else 0,
            language=lang,
        )
        done = flow.compare(request, argv=sys.argv)
        if as_json:
            sys.stdout.write(json.dumps(done.content, indent=2) + "\n")
            return
        flow.show(done, out())


@app.command(epilog=_EXAMPLES["trace"])
def trace(
    file: options.File,
    *,
    format_id: options.FormatName,
    run: options.Run = 0,
    replications: options.Replications = 8,
    seed: options.Seed = 1,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
) -> None:
    """Play one talk and tell it in plain words: who offered what, who refused and why, how it ended."""
    with speaking():
        from sim.cli.request import Changes
        from sim.scenario import Encoder

        changes = Changes(file, tuple(sets or ()), tuple(overrides or ()), scenario, variant)
        encoder = Encoder(changes.load(), seed=seed)
        (index,) = choose([format_id], [one.id for one in encoder.structure.formats], what="format")

        from sim.cli.page import tell

        for line in tell(encoder, index, run, replications=replications):
            out().print(line, markup=False, soft_wrap=True)


@app.command(epilog=_EXAMPLES["solve"])
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
    with speaking():
        from sim.cli.request import Changes
        from sim.cli.solve import Wanted, solve_json, solve_view

        if mean and draw is not None:
            raise InputError("--mean and --draw exclude each other: leave one out.")
        changes = Changes(file, tuple(sets or ()), tuple(overrides or ()), scenario, variant)
        wanted = Wanted(changes, format_id, draw, seed, quiet)
        if as_json:
            sys.stdout.write(solve_json(wanted))
            return
        out().print(solve_view(wanted))


app.command()(study)
app.command(epilog=EVIDENCE_EPILOG)(evidence)
app.command("import", epilog=IMPORT_EPILOG)(import_table)
app.command(epilog=BACKTEST_EPILOG)(backtest)
app.command(epilog=FORECAST_EPILOG)(forecast)
app.command(epilog=RETRODICT_EPILOG)(retrodict)
app.command(epilog=MECHANISMS_EPILOG)(mechanisms)


def main() -> int:
    """Run the command line.

    Returns:
        The exit code: 0 done, 1 the machine refused, 2 the input is wrong, 130 stopped.
    """
    # Importing makes some hundred thousand objects that stay: looking for garbage among them costs a second of a run.
    gc.set_threshold(100_000, 20, 20)
    try:
        app()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return 0
