"""The YAML and the commands of the how-to page on protocols are run as they stand, in order."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.analysis.comparison.result_document import ComparisonResult
from sim.scenario import Encoder, load_raw, load_scenario
from sim.types.endings import LIKELIHOODS
from sim.types.records import json_schema
from sim.types.tables import PROTOCOLS

from .test_tutorial import BLOCK, ROOT, run

PAGE = ROOT / "docs" / "how-to" / "compare-protocols.md"


@pytest.fixture(scope="module")
def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scenario(blocks: list[tuple[str, str]]) -> str:
    return "".join(text for kind, text in blocks if kind == "yaml")


def test_the_page_works_as_written(workplace: Path, blocks: list[tuple[str, str]], scenario: str):
    (workplace / "valley.yaml").write_text(scenario, encoding="utf-8")
    lines = [line for kind, text in blocks if kind == "bash" for line in text.strip().splitlines()]
    assert len(lines) >= 4
    for line in lines:
        run(line, fails=False)
    runs = pd.read_parquet(workplace / "results" / "valley" / "latest" / "runs.parquet")
    assert set(runs["format"]) == {"plain", "guaranteed", "widening"}
    assert {"leg_1", "leg_2"} <= set(runs.columns)


def test_the_page_on_interim_deals_works_as_written(workplace: Path):
    text = (ROOT / "docs" / "how-to" / "interim-deals.md").read_text(encoding="utf-8")
    parts = BLOCK.findall(text)
    (workplace / "freeze.yaml").write_text("".join(part for kind, part in parts if kind == "yaml"), encoding="utf-8")
    lines = [line for kind, part in parts if kind == "bash" for line in part.strip().splitlines()]
    said = [run(line, fails=False) for line in lines]
    runs = pd.read_parquet(workplace / "results" / "freeze" / "latest" / "runs.parquet")
    frozen = runs[(runs["format"] == "interim") & (runs["end_reason"] == "lapsed")]
    assert len(frozen) > 0
    assert set(frozen["outcome"]) == {"process"}
    assert set(frozen["held_months"]) == {6}
    assert "held for its 6 months, and lapsed" in str(said[-1])


def test_the_page_shows_everything_that_there_is(scenario: str):
    data = yaml.safe_load(scenario)
    assert {one.get("protocol", "alternating_offers") for one in data["formats"].values()} == set(PROTOCOLS)
    words = set(re.findall(r"\w+", scenario))
    assert {"principal", "mediator", "guarantor", "observer", "recognition", "mandate", "vetoes", "abstention"} <= words
    assert {
        "members",
        "weight",
        "majority",
        "easy_first",
        "group_months",
        "after",
        "guarantors",
        "contact_group",
    } <= words
    assert list(load_raw(data).tracks) == ["widening"]


def test_the_page_is_found():
    for page in (ROOT / "docs" / "how-to").glob("*.md"):
        assert f"how-to/{page.name}" in (ROOT / "docs" / "README.md").read_text(encoding="utf-8"), page.name


def test_the_page_on_sources_works_as_written(scenario: str):
    """Both blocks of the page fit into the valley: a number with its source, and numbers that are drawn together."""
    page = (ROOT / "docs" / "how-to" / "ground-a-number.md").read_text(encoding="utf-8")
    number, together = (yaml.safe_load(text) for kind, text in BLOCK.findall(page) if kind == "yaml")
    data = yaml.safe_load(scenario) | {"references": {"C1": {"title": "Speeches"}}}
    data["parties"]["upper"]["salience"]["share"] = number["salience"]["water"]
    for party, changes in together["parties"].items():
        data["parties"][party] |= changes
    resolved = load_raw(data)
    assert resolved.numbers["parties.upper.salience.share"].sources == ("C1",)
    price = Encoder(resolved, seed=1).tables(0, 50).price
    assert (np.argsort(price[:, 0]) == np.argsort(price[:, 1])).all()


def test_the_page_on_evidence_works_as_written(tmp_path: Path):
    page = (ROOT / "docs" / "how-to" / "cite-evidence.md").read_text(encoding="utf-8")
    evidence, codebooks = (text for kind, text in BLOCK.findall(page) if kind == "yaml")
    (tmp_path / "claims.yaml").write_text(evidence, encoding="utf-8")
    (tmp_path / "codebooks.yml").write_text(codebooks, encoding="utf-8")
    number = re.search(r"salience: (\{water: .*\})`\.", page)
    assert number is not None
    minimal = (ROOT / "tests" / "scenarios" / "base.yaml").read_text(encoding="utf-8")
    changed = minimal.replace("references:\n  C01", "include: codebooks.yml\nevidence: claims.yaml\nreferences:\n  C01")
    changed = changed.replace("salience: {peace: 0.6", "salience: {peace: " + number.group(1)[len("{water: ") : -1])
    (tmp_path / "case.yaml").write_text(changed, encoding="utf-8")
    for variant, form in ((None, (2.667, 8, 24)), ("coding=even_steps", (2.5, 5.5))):
        resolved = load_scenario(tmp_path / "case.yaml", variant=variant)
        assert resolved.numbers["parties.south.salience.peace"].form == form
        assert resolved.references is not None
        assert "C1" in resolved.references


def test_the_page_on_tables_works_as_written(workplace: Path):
    shutil.copytree(ROOT / "scenarios" / "examples", workplace / "scenarios" / "examples")
    page = (ROOT / "docs" / "how-to" / "import-positions.md").read_text(encoding="utf-8")
    lines = [line for kind, text in BLOCK.findall(page) if kind == "bash" for line in text.strip().splitlines()]
    assert len(lines) >= 6
    for line in lines:
        run(line, fails=False)
    assert (workplace / "results" / "quay" / "latest" / "report.html").is_file()
    assert load_scenario(workplace / "delay.yaml").issues["delay-eu"].scale is not None


def test_the_page_on_numbers_works_as_written(workplace: Path):
    page = (ROOT / "docs" / "how-to" / "numeric-issues.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    (scenario,) = (text for kind, text in blocks if kind == "yaml")
    (workplace / "fleet.yaml").write_text(scenario, encoding="utf-8")
    lines = [line for kind, text in blocks if kind == "bash" for line in text.strip().splitlines()]
    assert len(lines) >= 4
    for line in lines:
        run(line, fails=False)
    document = json.loads((workplace / "results" / "fleet" / "latest" / "comparison.json").read_text(encoding="utf-8"))
    found = document["numeric_issues"]
    assert found["share"]["unit"] == "% of the fleet"
    assert found["share"]["positions"]["p45"] == 45.0
    assert found["years"]["formats"]["council"]["forecasts"]["mean"] == 6.5
    report = (workplace / "results" / "fleet" / "latest" / "report.html").read_text(encoding="utf-8")
    assert "Expected-utility model" in report
    assert "9.5 years" in report


def keys_of(content: object) -> set[str]:
    """Every key of a JSON value, at any depth."""
    if isinstance(content, dict):
        return {*content, *(key for part in content.values() for key in keys_of(part))}
    return {key for part in content for key in keys_of(part)} if isinstance(content, list) else set()


def test_the_page_on_results_names_keys_that_are_there():
    page = (ROOT / "docs" / "how-to" / "use-the-results.md").read_text(encoding="utf-8")
    rows = page.split("| key of `comparison.json` |")[1].split("\n\n")[0]
    written = set(json_schema(ComparisonResult)["$defs"]["ComparisonResult"]["properties"])
    cells = [row.split("|")[1] for row in rows.splitlines()[2:]]
    named = {key for cell in cells for key in re.findall(r"`([a-z_]+)`", cell)}
    assert named | {"schema", "outcomes", "measures"} == written


def test_the_page_on_forecasts_works_as_written(workplace: Path):
    shutil.copytree(ROOT / "scenarios" / "examples", workplace / "scenarios" / "examples")
    page = (ROOT / "docs" / "how-to" / "forecast.md").read_text(encoding="utf-8")
    lines = [line for kind, text in BLOCK.findall(page) if kind == "bash" for line in text.strip().splitlines()]
    assert len(lines) >= 6
    for line in lines:
        run(line, fails=False)
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    names: dict[str, pd.DataFrame] = {}
    exec(code.group(1), names)
    assert set(names["positions"]["issue"]) < set(names["runs"].columns)
    folder = workplace / "results" / "opening-of-the-weir" / "latest"
    found = json.loads((folder / "forecast.json").read_text(encoding="utf-8"))
    named = set(
        re.findall(r"`(?:issues\.<id>\.)?([a-z_0-9]+)`", page.split("Keys of `forecast.json`")[1].split("## ")[0])
    )
    assert named <= keys_of(found)
    assert {"decided", "package", "origin", "grid", "wasserstein", "by_side"} <= named


def test_the_page_on_back_tests_works_as_written(workplace: Path):
    shutil.copytree(ROOT / "scenarios" / "examples", workplace / "scenarios" / "examples")
    page = (ROOT / "docs" / "how-to" / "backtest.md").read_text(encoding="utf-8")
    lines = [line for kind, text in BLOCK.findall(page) if kind == "bash" for line in text.strip().splitlines()]
    assert len(lines) >= 3
    found: list[dict] = []
    for line in lines:
        run(line, fails=False)
        latest = workplace / "results" / "backtest-canals-decided" / "latest" / "backtest.json"
        found.append(json.loads(latest.read_text(encoding="utf-8")))
    assert [one["how"] for one in found] == ["out_of_fold", "out_of_fold", "in_sample"]
    size = re.search(r"(\d+) issues of (\d+) proposals", page)
    assert size is not None
    assert (int(size.group(1)), int(size.group(2))) == (found[0]["n_issues"], found[0]["n_proposals"])
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    names: dict[str, pd.DataFrame] = {}
    exec(code.group(1), names)
    assert len(names["ranking"]) == len(found[0]["forecaster_names"])
    assert len(names["worst"]) == 5
    rows = re.findall(r"^\| (`.*?) \|", page.split("Keys of `backtest.json`")[1], re.MULTILINE)
    named = {key for row in rows for key in re.findall(r"`([a-z_]+)(?:\.<name>)?`", row)}
    assert named | {"schema", "seen_before", "left_out", "notes"} == set(found[0])


@pytest.mark.slow
def test_the_page_on_clusters_works_as_written(workplace: Path):
    """Blocks of `bash` are run; those of `bash elsewhere` are for other machines. A line that ends in & runs on."""
    shutil.copytree(ROOT / "scenarios", workplace / "scenarios")
    blocks = BLOCK.findall((ROOT / "docs" / "how-to" / "sweep-on-a-cluster.md").read_text(encoding="utf-8"))
    (design,) = (text for kind, text in blocks if kind == "yaml")
    (workplace / "well.yaml").write_text(design, encoding="utf-8")
    lines = [line for kind, text in blocks if kind == "bash" for line in text.strip().splitlines()]
    assert len(lines) >= 8
    beside: list[subprocess.Popen[bytes]] = []
    try:
        for line in lines:
            if line.endswith(" &"):
                command = [sys.executable, "-m", *shlex.split(line.removesuffix(" &"))]
                env = {**os.environ, "PYTHONPATH": str(ROOT)}
                beside.append(subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL))
            else:
                run(line, fails=False)
    finally:
        for process in reversed(beside):
            process.terminate()
            process.wait(timeout=60)
    digests = {run(f"parley sweep verify results/{name}", fails=False) for name in ("one", "two", "cluster", "merged")}
    assert len(digests) == 1


def test_the_page_on_history_works_as_written(workplace: Path):
    page = (ROOT / "docs" / "how-to" / "put-history-beside-a-likelihood.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    (classes,) = (text for kind, text in blocks if kind == "yaml")
    minimal = (ROOT / "scenarios" / "minimal.yaml").read_text(encoding="utf-8")
    (workplace / "well.yaml").write_text(f"{minimal}\n{classes}", encoding="utf-8")
    told = [run(line, fails=False) for kind, text in blocks if kind == "bash" for line in text.strip().splitlines()]
    assert len(told) == 5
    assert "Beside history" in told[-2]
    assert "Weight of history" in told[-1]
    assert "Weight of history" not in told[-2]
    assert all(f"`{name}`" in page for name in LIKELIHOODS)


def said_of(output: str) -> str:
    """What a terminal shows, in one line."""
    return re.sub(r"\s+", " ", output)


def test_the_page_on_sweeps_works_as_written(workplace: Path):
    (workplace / "scenarios").symlink_to(ROOT / "scenarios")
    page = (ROOT / "docs" / "how-to" / "sweep.md").read_text(encoding="utf-8")
    told: dict[str, str] = {}
    for kind, text in re.findall(r"^```(bash|yaml|python)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        if kind == "yaml":
            file = workplace / text.removeprefix("# ").split(".yaml")[0]
            file = file.with_suffix(".yaml")
            kept = file.read_text(encoding="utf-8").splitlines()[:-1] if "the last line" in text else []
            file.write_text("\n".join([*kept, text]), encoding="utf-8")
        elif kind == "bash":
            told |= {line: said_of(run(line, fails=False)) for line in text.strip().splitlines()}
    names: dict[str, Any] = {}
    for code in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        exec(code, names)
    five, ends, grid, extended = (
        told[line] for line in told if line.startswith("parley sweep") and told[line].startswith("Two")
    )
    quoted = said_of(page)
    assert "Of 5 factors 2 can be told" in five
    assert re.search(r"Half each \(82%\), Lower farmer: [^,]+ \(41%\)", five)
    assert "40,960 runs" in told["parley sweep five-numbers.yaml --dry-run"]
    assert "40,960 runs" in quoted
    assert "standing › The mill's sluice, by 5 points" in ends
    alone = names["parley"].Sweep.open("results/sweeps/ends").steps("farmers").rows()
    assert [f"{row['value']:.0%}" for row in alone] == ["93%", "78%", "78%", "78%"]
    assert "settle at 93%; with a quarter of it, half or all, at 78%" in quoted
    assert "part in 82% of" in quoted
    assert "`line`, in 41%" in quoted
    for output, shares in ((grid, ("30%", "70%")), (extended, ("58%", "1.6%", "92%", "89%"))):
        assert set(shares) <= set(re.findall(r"[\d.]+%", output)), output
        assert all(share in quoted for share in shares)
    box = names["sweep"].box("all-three leads farmers").sentence
    assert "where even is up to 0.714 and line is up to 0.714" in box
    assert "in this box it is so at 92% (at 58% of all points); the box holds 89% of all" in box
    assert len(names["table"]) == 64 * 2
    assert names["seats"].frame().shape == (8, 8)
    assert "<svg" in names["seats"]._repr_html_()
    assert len(names["best"]) == 64
    assert len(names["shares"]) == 2 * 5 * 2
    assert pd.read_csv(workplace / "points.csv").shape[0] == 128
    assert "parley compare" in told["parley sweep point results/sweeps/line-and-even 3"]
