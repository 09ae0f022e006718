"""Digests of what every command finds, on small sizes: they stand still while the house is rebuilt.

`python -m tests.net.net` writes them anew. That is done only where a change of numbers is meant and explained.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from typer.testing import CliRunner

from sim.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
STORED = Path(__file__).with_name("digests.json")
SCENARIOS = ROOT / "scenarios"
CASES = ("malta-1989", "yalta-1945", "istanbul-2022", "helsinki-1975")
FILES = {
    "minimal": SCENARIOS / "minimal.yaml",
    "well-formats": SCENARIOS / "well-formats.yaml",
    "camp-david": SCENARIOS / "camp-david-1978.yaml",
    "flagship": SCENARIOS / "ukraine" / "anchorage-2025.yaml",
    **{name: SCENARIOS / "cases" / f"{name}.yaml" for name in CASES},
}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
RUNS = ("outcome", "reason", "month", "agreed", "core", "held")
Digests = dict[str, str]


def short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def leaves(content: Any) -> Iterator[float]:
    """Every number of a JSON value."""
    if isinstance(content, dict):
        for part in content.values():
            yield from leaves(part)
    elif isinstance(content, list):
        for part in content:
            yield from leaves(part)
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield float(content)


def of_numbers(content: Any) -> str:
    """Digest of the numbers of a JSON value, in whatever order they stand."""
    found = sorted(leaves(content))
    return short(f"{len(found)} " + " ".join(map(repr, found)))


def of_text(text: str) -> str:
    """Digest of the numbers that a text shows, in order."""
    return short(" ".join(NUMBER.findall(text)))


def invoke(*arguments: str) -> str:
    made = CliRunner().invoke(app, list(arguments))
    assert made.exit_code == 0, f"{arguments}: {made.output}\n{made.exception!r}"
    return made.stdout


def of_runs(file: Path) -> Digests:
    """Digest of every column of `runs.parquet`, by its name."""
    table = pq.read_table(file)
    names = [
        (field.metadata or {}).get(b"name", field.name.encode()).decode() for field in table.schema
    ]  # as in the file; columns have Python names
    return {f"runs {name}": short(repr(table.column(k).to_pylist())) for k, name in enumerate(names)}


def without(content: Any, keys: Collection[str]) -> Any:
    """A JSON value without what stands under these keys, at any depth."""
    if isinstance(content, dict):
        return {key: without(part, keys) for key, part in content.items() if key not in keys}
    return [without(part, keys) for part in content] if isinstance(content, list) else content


def under_stored_keys(content: dict[str, Any]) -> dict[str, Any]:
    """`comparison.json` by the keys that it had when the digests were stored."""
    formats = content["structure"]["formats"]
    rules = [formats[id_][key] for id_ in content["formats"] for key in ("months", "rounds_per_month")]
    same = (
        "replications",
        "runs_per_format",
        "seed",
        "settings",
        "pairs",
        "variants",
        "verdict",
        "benchmarks",
        "theory",
    )
    only_words = ("schema", "conditional", "notes", "scenario", "versions", "outcomes", "measures", "parties", "issues")
    return {
        **{key: content[key] for key in (*same, "numeric_issues")},
        "draws": content["n_draws"],
        "formats": [content["formats"], rules],
        "rests_on": content["variance_shares"],
        # Added since: of rival readings all outcomes and pairs, and the verdict that the counts come from.
        "rivals": without(content["rivals"], ("outcomes", "pairs", "n_draws", "replications", "verdict")),
        "numbers": content["numbers_by_basis"],
        **dict.fromkeys(only_words),  # no numbers stood there
    }


def compare(name: str) -> Digests:
    extra = ["--theory", "equilibrium", "--theory-draws", "2", "--rivals"] if name == "minimal" else []
    content = json.loads(
        invoke("compare", str(FILES[name]), "--draws", "8", "--replications", "2", "-q", "--json", "--out", "c", *extra)
    )
    parts = under_stored_keys(content)
    return {**{key: of_numbers(part) for key, part in parts.items()}, **of_runs(Path("c/runs.parquet"))}


def trace(name: str) -> Digests:
    formats = json.loads(Path("c/manifest.json").read_text())["formats"]
    return {
        f"{id_} {run}": short(
            invoke("trace", str(FILES[name]), "--format", id_, "--run", str(run), "--replications", "2")
        )
        for id_ in formats
        for run in (0, 3)
    }


def solve(name: str) -> Digests:
    first = json.loads(Path("c/manifest.json").read_text())["formats"][0]
    content = json.loads(invoke("solve", str(FILES[name]), "--format", first, "--json", "-q"))
    for zone in (zone for zones in content["zopas"].values() for zone in zones.values()):
        del zone["n_deals"]
    # Added since: the names, and more of the equilibrium.
    return {"solve": of_numbers(without(content, ("structure", "n_all", "by_proposer", "precision", "iterations")))}


def scenario(name: str) -> Digests:
    """Everything that is asked of one scenario file."""
    found = {f"compare: {key}": one for key, one in compare(name).items()}
    found |= {f"trace: {key}": one for key, one in trace(name).items()}
    found |= {f"solve: {key}": one for key, one in solve(name).items()} if name in ("minimal", "malta-1989") else {}
    found["check"] = of_text(invoke("check", str(FILES[name])))
    found["evidence"] = short(invoke("evidence", str(FILES[name]), "--csv"))
    return found


def under_old_words(content: dict[str, Any], old: dict[str, str], left_out: tuple[str, ...]) -> Digests:
    """Digests of a document's parts, by the words that it had when they were stored; words newer than that left out."""
    return {old.get(key, key): of_numbers(part) for key, part in content.items() if key not in left_out}


def study() -> Digests:
    invoke(
        "study",
        str(SCENARIOS / "camp-david-1978.studies.yml"),
        "--draws",
        "6",
        "--replications",
        "2",
        "-q",
        "--out",
        "f.md",
    )
    lines = Path("f.md").read_text(encoding="utf-8").splitlines()
    return {"page": of_text("\n".join(line for line in lines if line.startswith("|")))}


def retrodict() -> Digests:
    sizes = ["--draws", "6", "--replications", "2", "--design-draws", "2"]
    only = ",".join(("malta-1989", "yalta-1945"))
    content = json.loads(
        invoke(
            "retrodict",
            str(SCENARIOS / "cases" / "retrodiction.yml"),
            *sizes,
            "--cases",
            only,
            "--json",
            "-q",
            "--out",
            "r",
        )
    )
    return under_old_words(content, {"id": "retrodiction"}, left_out=("changed",))


def mechanisms() -> Digests:
    sizes = ["--draws", "4", "--replications", "2"]
    content = json.loads(invoke("mechanisms", str(SCENARIOS / "ukraine" / "mechanisms.yml"), *sizes, "--json", "-q"))
    return under_old_words(content, {"id": "mechanisms"}, left_out=("not_a_test",))


def forecast() -> Digests:
    found: Digests = {}
    for file in ("river-ktab.csv", "harbour-long.csv"):
        how = ["--draws", "12", "--replications", "2", "--json", "-q", "--out", file]
        proposal = ["--proposal", "pilots"] if file.startswith("harbour") else []
        content = json.loads(invoke("forecast", str(SCENARIOS / "examples" / file), *how, *proposal))
        only_words = dict.fromkeys(("scenario", "title", "digest", "format", "no_package", "source"))
        parts = {key: content[key] for key in ("decided", "issues", "package")} | content["size"] | only_words
        found |= {f"{file} {key}": of_numbers(part) for key, part in parts.items()}
    return found


def backtest_parts(content: dict[str, Any]) -> dict[str, Any]:
    """`backtest.json` by the keys that it had when the digests were stored."""
    # Added since: level of coverage and, of the fit, tilts (they stand by the constants) and in-sample score.
    return {
        **dict.fromkeys(("schema", "how", "left_out", "forecasters")),  # only words
        "issues_seen_before": content["seen_before"],
        "issues": content["n_issues"],
        "proposals": content["n_proposals"],
        "folds": content["n_folds"],
        "draws": content["n_draws"],
        "decided_share": content["decided_share"],
        "constants": content["constants"],
        "fit": without(content["whole"], ("tilts", "crps")),
        "all": without(content["overall"], ("level",)),
        "parts": without(content["parts"], ("level",)),
        "linking": content["linked"],
    }


def backtest() -> Digests:
    how = ["--draws", "50", "--folds", "3", "--json", "-q", "--out", "b"]
    content = json.loads(invoke("backtest", str(SCENARIOS / "examples" / "canals-decided.csv"), *how))
    return {key: of_numbers(part) for key, part in backtest_parts(content).items()}


def imported() -> Digests:
    invoke("import", str(SCENARIOS / "examples" / "river-ktab.csv"), "-o", "river.yaml", "-q")
    return {"river": short(Path("river.yaml").read_text(encoding="utf-8"))}


PARTS: dict[str, Callable[[], Digests]] = {
    **{name: lambda name=name: scenario(name) for name in FILES},
    "study": study,
    "retrodict": retrodict,
    "mechanisms": mechanisms,
    "forecast": forecast,
    "backtest": backtest,
    "import": imported,
}


def main() -> None:
    stored: dict[str, Digests] = {}
    for name, part in PARTS.items():
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            stored[name] = part()
            os.chdir(ROOT)
        print(name, len(stored[name]))
    STORED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
