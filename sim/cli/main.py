"""The commands. Each body says what is wired to what; the work is done in the layers below.

Imports of everything heavy stand inside the commands: `parley --help` and `parley check` must answer at once, so they
never load the compiler, the plotting library or Mesa.
"""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from sim.cli import (
    compare_command,
    experiments,
    history_command,
    scenario_commands,
    sweep_command,
    table_commands,
    warm_command,
)
from sim.cli.console import find_place_for_compiled_rules, out, show_every_letter, speaking
from sim.cli.options import examples

START = examples(
    "check scenarios/minimal.yaml",
    "compare scenarios/minimal.yaml",
    "trace scenarios/minimal.yaml --format farmers",
    "forecast scenarios/examples/river-ktab.csv",
    title="Start here",
)

app = typer.Typer(
    name="parley",
    help=(
        "Compare talk formats on a documented negotiation: how likely each is to settle, who would stop it, "
        "how sure one can be."
    ),
    epilog=START,
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


for command, epilog in (
    (scenario_commands.check, scenario_commands.CHECK_EPILOG),
    (scenario_commands.schema, None),
    (scenario_commands.variants, None),
    (compare_command.compare, compare_command.EPILOG),
    (scenario_commands.trace, scenario_commands.TRACE_EPILOG),
    (scenario_commands.solve, scenario_commands.SOLVE_EPILOG),
    (history_command.history, history_command.EPILOG),
    (experiments.study, None),
    (scenario_commands.evidence, scenario_commands.EVIDENCE_EPILOG),
    (table_commands.import_table, table_commands.IMPORT_EPILOG),
    (table_commands.backtest, table_commands.BACKTEST_EPILOG),
    (table_commands.forecast, table_commands.FORECAST_EPILOG),
    (experiments.retrodict, experiments.RETRODICT_EPILOG),
    (experiments.mechanisms, experiments.MECHANISMS_EPILOG),
    (warm_command.warm, warm_command.EPILOG),
):
    app.command("import" if command is table_commands.import_table else None, epilog=epilog)(speaking()(command))
app.add_typer(sweep_command.sweep, name="sweep")


def main() -> int:
    """Run the command line.

    Returns:
        The exit code: 0 done, 1 the machine refused, 2 the input is wrong, 130 stopped.
    """
    # Importing makes some hundred thousand objects that stay: looking for garbage among them costs a second of a run.
    gc.set_threshold(100_000, 20, 20)
    show_every_letter()
    find_place_for_compiled_rules()
    try:
        app()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return 0
