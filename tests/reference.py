"""Writes what follows from the code: `docs/scenario-reference.md`, `docs/schemas`, schemas for editors in `scenarios`.

`python -m tests.reference` writes all into the current checkout; a test holds that they are current.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sim.cli.scenario_commands import design_schema_text, schema_text
from sim.types.records import json_schema

REFERENCE = Path("docs/scenario-reference.md")
DESIGN_REFERENCE = Path("docs/design-reference.md")
SCHEMA = Path("scenarios/schema.json")
DESIGN_SCHEMA = Path("scenarios/design.schema.json")
RESULTS = Path("docs/schemas")

_HEAD = """# Scenario reference

Every key of a scenario file. This page is generated from the schema (`make docs`); do not edit it. The words are
explained in the [glossary](glossary.md), the rules they feed in [the model](model.md), and the [tutorial](tutorial.md)
writes a file step by step.

Everything is keyed by an id (lower case letters, digits, `_` and `-`, a letter first), so `--set` and overrides reach
every value by its dotted path: `parties.miller.salience.water`. A key marked **required** has no default; every other
may be left out.
"""

_DESIGN_HEAD = """# Design reference

Every key of a design file, which `parley sweep` plays. This page is generated from the schema (`make docs`); do not
edit it. `parley schema --design` prints the schema for editors.

```yaml
# yaml-language-server: $schema=design.schema.json
design: 1
scenario: scenarios/well-formats.yaml
constants: {horizon_months: 24}
formats: [farmers, all-three]
factors:
  lower_price: {path: parties.lower.price_of_no_settlement.now, range: [-0.3, 0.1]}
  mill_weight: {path: parties.mill.salience.sluice, as: scale, levels: [0.5, 1, 2]}
  county: {path: parties.county.values.dry_years.options.county_fund, as: quantile}
  firm: {override: [none, both-hold-out]}
  foresight: {variant: foresight, levels: [0, 0.5, 1]}
sample: {grid: {points: 5}}
runs: {draws: 100, replications: 8, seed: 1}
```

A factor whose levels change numbers of the scenario and nothing else is a *number factor*: its levels are sampled, and
cost nothing to load. Every other is a *structure factor*: each level is a scenario of its own, crossed with every level
of the others and with the whole sample. Which of the two it is, is found by loading its levels, not by its name. All
levels are loaded and checked before anything is played; of a range, its ends and its middle. `--dry-run` says which is
which.

In Python (`parley.design`) factors may be written as here, or shorter under the dotted path itself: a tuple is a range,
a list is levels. The column is then the path with `_` for everything but letters and digits.

```python
import parley

factors = {"parties.mill.salience.sluice": (0.1, 0.9), "horizon_months": [24, 36]}
design = parley.design("scenarios/minimal.yaml", factors, parley.samples.grid(5), draws=20)
```

| sample | points, for K number factors | which of them share draws and chance |
|---|---|---|
| `grid` | every combination; a range takes `points` levels, its ends among them | all |
| `lhs` | `n`: one in each of `n` parts of every factor | none |
| `sobol` | `n (K + 2)`: A, B, and A with each column of B; `n (2K + 2)` with B and each of A | those of a base row |
| `oat` | the middle of all ranges and levels, then every other level of one factor after the other | all |
| `morris` | `trajectories (K + 1)`: each step moves one factor by half of what is swept | those of a trajectory |
| `list` | the rows of a CSV file, with a column a factor by its name | all |

A quantile without a range is swept over all of (0, 1), which has no ends: a grid takes the middles of equal parts.

A Sobol sample gets a factor `dummy` that moves nothing, unless the design has one. Its points have other luck than
their base row, so that its indices show what chance makes of a difference; those of any other factor that moves nothing
are exactly 0. Other samples leave a dummy in its middle.

Any point is a line of `parley compare` that plays the same runs.
"""

_NUMBER = """## Number

Wherever the tables say *number*, one of these forms may stand. Any form but the bare one may also carry `basis`
(`stated`, `reported`, `analyst` or `assumed`, the default), `sources` (ids of `references`; needed for every basis but
`assumed`), `note`, and `together`: numbers with the same word there stand at the same quantile in every draw.

| form | meaning |
|---|---|
| `0.3` or `{value: 0.3}` | a constant |
| `{uniform: [low, high]}` | every value between equally likely |
| `{triangular: [low, mode, high]}` | triangular |
| `{pert: [low, mode, high]}` | PERT: a smooth triangular, with less weight in the tails |
| `{normal: {mean: m, sd: s, low: a, high: b}}` | normal, truncated where `low` or `high` is given |
| `{beta: {a: 2, b: 5, low: 0, high: 1}}` | beta, stretched over low to high |
| `{discrete: {values: [..], probabilities: [..]}}` | a few values with their probabilities |
"""

_CONSTANTS = """## Behavioural constants

How parties bargain, apart from what they want: shared by all scenarios, uncertain, and fitted to no case. A scenario
may replace one for all (`behaviour`) or, for those drawn per party, for one party (`parties.<id>.behaviour`).
"""

# Parts that have a section of their own under another name, or none.
_SKIPPED = {"Number", "Normal", "Beta", "Discrete"}


def result_schemas() -> dict[Path, str]:
    """File -> JSON schema of a document that a command writes, as text that ends in a line feed."""
    from sim.analysis.comparison.result_document import ComparisonResult
    from sim.analysis.experiments.ablation import Mechanisms
    from sim.analysis.experiments.retrodiction import Retrodiction
    from sim.app.backtest import BacktestResult
    from sim.app.check import Checked
    from sim.app.forecast import ForecastResult
    from sim.app.solve import Solution

    records = {
        "comparison": ComparisonResult,
        "check": Checked,
        "solution": Solution,
        "forecast": ForecastResult,
        "backtest": BacktestResult,
        "retrodiction": Retrodiction,
        "mechanisms": Mechanisms,
    }
    return {
        RESULTS / f"{name}.schema.json": json.dumps(json_schema(record), indent=2, ensure_ascii=False) + "\n"
        for name, record in records.items()
    }


def reference_text(schema: dict[str, Any]) -> str:
    """The reference page.

    Args:
        schema: JSON schema of written scenario files.
    """
    return "\n".join([_HEAD, *_sections(schema), _NUMBER, _constants()])


def design_reference_text(schema: dict[str, Any]) -> str:
    """The reference page of designs.

    Args:
        schema: JSON schema of design files.
    """
    return "\n".join([_DESIGN_HEAD, *_sections(schema)])


def _sections(schema: dict[str, Any]) -> list[str]:
    parts = {name: schema["$defs"][name] for name in _in_reading_order(schema) if name not in _SKIPPED}
    return [_section("The file", schema), *(_section(name, part) for name, part in parts.items())]


def _constants() -> str:
    """The behavioural constants with their priors, from the shared file."""
    from sim.scenario.sampling.distributions import describe
    from sim.scenario.schema.priors import PARTY_CONSTANTS, shared_behaviour

    lines = [_CONSTANTS, "| key | unit | prior | drawn | meaning | source |", "|---|---|---|---|---|---|"]
    for key, one in shared_behaviour().constants.items():
        drawn = "per party" if key in PARTY_CONSTANTS else "once"
        lines.append(f"| `{key}` | {one.unit} | {describe(one.prior)} | {drawn} | {one.meaning} | {one.source} |")
    return "\n".join(lines) + "\n"


def _in_reading_order(schema: dict[str, Any]) -> list[str]:
    """Names of the parts, in the order in which the file meets them."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.append(name)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(schema.get("properties", {}))
    for name in found:  # the list grows while it is read: breadth first
        walk(schema["$defs"].get(name, {}).get("properties", {}))
    return found


def _section(name: str, part: dict[str, Any]) -> str:
    title = name if " " in name else _words(name)
    lines = [f"## {title}", ""]
    if part.get("description"):
        lines += [str(part["description"]), ""]
    required = set(part.get("required", ()))
    if part.get("properties"):
        lines += ["| key | what it takes | default | meaning |", "|---|---|---|---|"]
        lines += [_row(key, value, needed=key in required) for key, value in part["properties"].items()]
        lines.append("")
    return "\n".join(lines)


def _row(key: str, value: dict[str, Any], *, needed: bool) -> str:
    meaning = str(value.get("description", ""))
    cells = [f"`{key}`", _kind(value), "**required**" if needed else _default(value), meaning]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _default(value: dict[str, Any]) -> str:
    if "default" not in value or value["default"] is None:
        return ""
    given = value["default"]
    if isinstance(given, dict) and set(given) >= {"value", "basis"}:
        given = given["value"]
    if given in ({}, []):
        return "none"
    if isinstance(given, dict):
        return ""
    return f"`{json.dumps(given)}`"


def _kind(value: dict[str, Any]) -> str:
    """What a key takes, in words."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return "[number](#number)" if name == "Number" else f"[{_words(name).lower()}](#{_anchor(name)})"
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    if "enum" in value:
        return " or ".join(f"`{item}`" for item in value["enum"])
    for joint in ("anyOf", "oneOf"):
        if joint in value:
            kinds = [_kind(item) for item in value[joint] if item.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    return _plain_kind(value)


def _plain_kind(value: dict[str, Any]) -> str:
    kind = value.get("type")
    if kind == "object":
        inner = value.get("additionalProperties") or next(iter(value.get("patternProperties", {}).values()), None)
        return f"mapping of id to {_kind(inner)}" if isinstance(inner, dict) and inner else "mapping"
    if kind == "array":
        inner = value.get("items")
        if not isinstance(inner, dict) or not inner:
            return "list"
        members = _kind(inner)
        return f"list of ({members})" if " or " in members else f"list of {members}"
    words = {"string": "text", "integer": "whole number", "number": "plain number", "boolean": "`true` or `false`"}
    return words.get(str(kind), "anything") + _bounds(value)


def _bounds(value: dict[str, Any]) -> str:
    low, high = value.get("minimum"), value.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    return f", at least {low}" if low is not None else ""


def _words(name: str) -> str:
    """`PriceOfNoSettlement` -> `Price of no settlement`."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return spaced[:1].upper() + spaced[1:]


def _anchor(name: str) -> str:
    return _words(name).lower().replace(" ", "-")


def main() -> int:
    """Write all files under the current folder."""
    scenarios, designs = schema_text(), design_schema_text()
    pages = {
        REFERENCE: reference_text(json.loads(scenarios)),
        DESIGN_REFERENCE: design_reference_text(json.loads(designs)),
    }
    files = {SCHEMA: scenarios, DESIGN_SCHEMA: designs, **pages, **result_schemas()}
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        print(f"wrote {path}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
