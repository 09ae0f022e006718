"""A comparison on the terminal: the same numbers as `comparison.json`, in tables that are read from top to bottom.

Likelihoods are per cent of runs; under each stands its 95% interval. Differences are in percentage points.
"""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

Json = dict[str, Any]
_SETS_SHOWN = 3
_JUDGED = ("settlement", "in_force")
"""Measures whose pairs and variants are shown; `comparison.json` has the others."""
_NOBODY = "nobody alone"


def print_comparison(content: Json, console: Console) -> None:
    """Print the tables.

    Args:
        content: as in `comparison.json`.
        console: where to.
    """
    settings = f"{content['draws']:,} draws x {content['replications']} replications, seed {content['seed']}"
    console.print(f"\n[bold]{escape(content['scenario']['title'])}[/bold]")
    console.print(f"{settings}: {content['runs_per_format']:,} runs a format\n", style="dim")
    parts = [_outcomes(content), _measures(content), _deciders(content), _knowing(content)]
    parts += [_pairs(content)] if content["pairs"] else []
    parts += [_variants(content)] if content["variants"] else []
    for part in parts:
        console.print(part)
        console.print()
    if content["verdict"]:
        console.print(f"[bold]Verdict.[/bold] {escape(content['verdict']['sentence'])}\n")
    by_basis = content["numbers"]["by_basis"]
    grounded = sum(count for basis, count in by_basis.items() if basis != "assumed")
    console.print(
        f"{content['conditional']} {by_basis.get('assumed', 0)} of its numbers are assumed, {grounded} cite a source."
    )
    console.print(content["notes"]["intervals"], style="dim")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for position, column in enumerate(columns):
        table.add_column(escape(column), justify="right" if position else "left", overflow="fold")
    return table


def _percent(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{100 * value:.{digits}f}"


def _estimate(found: Json) -> str:
    """Per cent above its interval."""
    if found["estimate"] is None:
        return "-"
    return f"{_percent(found['estimate'])}\n[dim]{_percent(found['low'])}..{_percent(found['high'])}[/dim]"


def _outcomes(content: Json) -> Table:
    labels = content["outcomes"]
    table = _table("How the talks end, % of runs", "format", *(label.replace("_", " ") for label in labels))
    for format_id, found in content["formats"].items():
        table.add_row(escape(format_id), *(_estimate(found["outcomes"][label]) for label in labels))
    return table


def _measures(content: Json) -> Table:
    names = {key: words for key, words in content["measures"].items() if key != "settlement"}
    cores = list(next(iter(content["formats"].values()))["core_issues"])
    issues = [content["issues"][issue]["name"] + " settled" for issue in cores] if len(cores) > 1 else []
    table = _table("Agreed, core, lasted, %", "format", *names.values(), *issues)
    for format_id, found in content["formats"].items():
        alone = [found["core_issues"][issue] for issue in cores] if issues else []
        table.add_row(escape(format_id), *(_estimate(found["measures"][key]) for key in names), *map(_estimate, alone))
    return table


def _deciders(content: Json) -> Table:
    table = _table(
        "Who decided the failures (no talks, no agreement, blocked, collapsed)", "format", "failures, %", "decided by"
    )
    table.columns[2].justify = "left"
    for format_id, found in content["formats"].items():
        failures = found["failures"]
        sets = [
            f"{escape(' + '.join(one['parties']) or _NOBODY)} {_percent(one['share'], 0)}%"
            for one in failures["sets"][:_SETS_SHOWN]
        ]
        share = failures["runs"] / content["runs_per_format"]
        table.add_row(escape(format_id), _percent(share), ", ".join(sets) or "-")
    return table


def _knowing(content: Json) -> Table:
    table = _table(
        "Chance against not knowing",
        "format",
        "chance, % of the spread",
        "settlement likely, % (5..95% of draws)",
        "partial likely, % (5..95% of draws)",
    )
    for format_id, found in content["formats"].items():
        split = found["split"]
        ranges = [split["ranges"][label] for label in ("settlement", "partial")]
        spans = [f"{_percent(one['low'], 0)}..{_percent(one['high'], 0)}" for one in ranges]
        table.add_row(escape(format_id), _estimate(split["chance_share"]), *spans)
    return table


def _pairs(content: Json) -> Table:
    words = [content["measures"][measure].lower() for measure in _JUDGED]
    heads = [head for word in words for head in (f"{word}, points", "first / second leads, % of draws")]
    table = _table("Paired differences, first minus second", "first - second", *heads)
    rows: dict[str, list[str]] = {}
    for pair in content["pairs"]:
        if pair["measure"] in _JUDGED:
            leads = f"{_percent(pair['first_leads'], 0)} / {_percent(pair['second_leads'], 0)}"
            cells = rows.setdefault(f"{pair['first']} - {pair['second']}", [])
            cells += [_estimate(pair["difference"]), leads]
    for name, cells in rows.items():
        table.add_row(escape(name), *cells)
    return table


def _variants(content: Json) -> Table:
    table = _table("Under other rules: settlement / any text in force, %", "variant", *content["formats"])
    for name, formats in {
        "as above": content["formats"],
        **{k: v["formats"] for k, v in content["variants"].items()},
    }.items():
        cells = [" / ".join(_percent(one["measures"][key]["estimate"]) for key in _JUDGED) for one in formats.values()]
        table.add_row(escape(name), *cells)
    return table
