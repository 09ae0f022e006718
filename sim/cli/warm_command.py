"""`parley warm`: compile ahead, so that the first run does not have to."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli import options
from sim.cli.console import note, out

EPILOG = options.examples(
    "warm   [dim]# all protocols: once for a version of Parley, about a minute[/dim]",
    "warm scenarios/well-formats.yaml   [dim]# and its tracks[/dim]",
    "PARLEY_CACHE_DIR=/srv/parley parley warm   [dim]# to a folder that others may read[/dim]",
).replace("parley PARLEY", "PARLEY")
File = Annotated[
    options.Path | None,
    typer.Argument(metavar="[FILE]", help="A scenario file; its tracks are compiled too.", show_default=False),
]


def warm(file: File = None, *, quiet: options.Quiet = False) -> None:
    """Compile the rules of the talks ahead, once for a version of Parley, and say where they lie.

    Without it the first run that needs a rule compiles it. What is there already is only loaded.
    """
    from sim.app.warm import warm as compile_ahead

    scenario = options.changed_scenario(file, None, None) if file else None
    done = compile_ahead(scenario, lambda label: note(label, quiet=quiet))
    if done.compiled:
        said = f"{done.compiled} rules compiled in {done.seconds:.0f} s"
    else:
        said = f"All {done.kept} rules were there, and were loaded in {done.seconds:.2f} s"
    out().print(f"{said}; they lie in {done.folder}", soft_wrap=True)
