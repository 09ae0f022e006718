"""`parley retrodict` on two made-up meetings: one that settles, one that cannot."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from sim.app.retrodict import read_retrodiction
from sim.cli.main import app
from sim.report.retrodiction.retrodiction_tables import statement_words

VARIANTS = 13
"""The file as it is, and every standard variant of rules with these meetings."""
CASE = """
parley: 1
id: {id}
title: "Meeting {id}"
codebooks:
  first: {{levels: {{price_of_no_settlement: {{bad: {{value: {now}}}}}}}}}
  second: {{levels: {{price_of_no_settlement: {{bad: {{value: {then}}}}}}}}}
references: {{C1: {{title: "A letter"}}}}
issues:
  quarrel:
    level: core
    ends_price: true
    status_quo: open
    options: {{open: {{}}, closed: {{settles: true}}}}
  channel:
    level: process
    status_quo: none
    options: {{none: {{}}, line: {{}}}}
parties:
  hill:
    salience: {{quarrel: 8, channel: 1}}
    values: {{quarrel: {{options: {{open: 1, closed: 0}}}}, channel: {{ranking: [line, none]}}}}
    price_of_no_settlement: {{now: {{level: bad}}}}
    meeting_value: 0.01
  dale:
    salience: {{quarrel: 8, channel: 1}}
    values: {{quarrel: {{options: {{open: 0, closed: 1}}}}, channel: {{ranking: [line, none]}}}}
formats:
  talks:
    seats: {{hill: {{}}, dale: {{}}}}
    calendar: {{months: 2, rounds_per_month: 4}}
overrides:
  calm: {{set: {{parties.hill.price_of_no_settlement.now: 0}}}}
  pressed: {{set: {{parties.hill.price_of_no_settlement.now: -2}}}}
  twice: {{set: {{formats.talks.calendar.rounds_per_month: 8}}}}
documented:
  talks: {{outcome: [{outcome}], sources: [C1], note: "as the letter has it"}}
"""
ASKED = """
retrodiction: 1
id: two-meetings
title: "Two meetings"
cases: [soft.yaml, hard.yaml]
twins:
  soft-calm: {case: soft, change: calm, summary: "Soft without its trouble", below: 0.1}
  hard-pressed: {case: hard, change: pressed, summary: "Hard with trouble", rises: true}
orderings:
  R1:
    claim: "The soft meeting settles more often"
    holds:
      - {greater: {case: soft, of: settlement}, than: {case: hard, of: settlement}}
      - {below: {case: hard, of: settlement}, bound: 0.1}
  R2:
    claim: "The hard meeting settles more often"
    input: true
    holds: [{greater: {case: hard, of: settlement}, than: {case: soft, of: settlement}}]
  R3:
    claim: "Contacts move nothing"
    holds: [{near: {case: hard, override: twice, of: settlement}, to: {case: hard, of: settlement}, within: 0.02}]
  R4:
    claim: "Hill refuses what nobody tables"
    holds: [{above: {case: hard, of: refused, party: hill, issues: quarrel, options: closed}, bound: 0.5}]
  R5:
    claim: "Meeting pays"
    holds: [{above: {case: hard, of: net_gain, party: hill}, bound: 0}]
"""
SMALL = ["--draws", "24", "--replications", "4", "--design-draws", "4", "--quiet"]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    soft = CASE.format(id="soft", now=-2, then=-3, outcome="settlement")
    (tmp_path / "soft.yaml").write_text(soft, encoding="utf-8")
    hard = CASE.format(id="hard", now=0, then=-0.1, outcome="process_or_partial")
    (tmp_path / "hard.yaml").write_text(hard, encoding="utf-8")
    (tmp_path / "asked.yml").write_text(ASKED, encoding="utf-8")
    return tmp_path


def run(*words: str, ok: bool = True) -> str:
    found = CliRunner().invoke(app, ["retrodict", "asked.yml", *words])
    assert (found.exit_code == 0) is ok, found.output
    return found.output


def findings(*words: str) -> dict:
    return json.loads(run(*SMALL, "--json", *words))


def test_cases_twins_and_orderings(workplace: Path) -> None:
    found = findings()
    soft, hard = found["cases"]
    assert soft["shares"]["first"]["settlement"]["value"] > 0.9
    assert hard["shares"]["first"]["settlement"]["value"] == 0.0
    assert soft["scores"]["first"]["log"] > soft["never_settles"]["log"]
    assert soft["never_settles"]["given"] == 0.0
    assert all(one["holds"] for twin in found["twins"] for one in twin["by_coding"].values())
    shares = {one["id"]: one["share"] for one in found["orderings"]}
    assert shares["R1"] == 1.0
    assert shares["R2"] == 0.0
    assert shares["R5"] == 1.0
    rows = {one["id"]: one for one in found["orderings"]}
    # Four draws a cell show no difference, and cannot show that there is none of two points.
    assert (shares["R3"], rows["R3"]["undecided"]) == (0.0, rows["R3"]["cells"])
    assert rows["R1"]["cells"] == 16 * VARIANTS * 2
    assert rows["R2"]["input"]
    # Nobody tables the closed quarrel in the hard meeting: nothing to count among, which is not holding.
    assert (shares["R4"], rows["R4"]["undecided"]) == (0.0, rows["R4"]["cells"])


def test_pages_say_what_holds_and_what_fails(workplace: Path) -> None:
    text = run(*SMALL, "--page", "docs/page.md", "--out", "here")
    assert "never frozen" in " ".join(text.split())
    page = (workplace / "docs" / "page.md").read_text(encoding="utf-8")
    assert "does not hold in nine of ten" in page
    assert "cannot be told: too few runs a cell" in page
    assert "input" in page
    html = (workplace / "here" / "report.html").read_text(encoding="utf-8")
    assert "rank no models" in html
    assert "nothing to count among" in html
    assert "<script" not in html


def test_a_cell_keeps_a_variant_of_its_own(workplace: Path) -> None:
    """Under every variant of the design, one side of the ordering stays under the variant that it names."""
    plain = "{greater: {case: soft, of: settlement}"
    named = ASKED.replace(plain, plain[:-1] + ", variant: hold=once}")
    assert named != ASKED
    (workplace / "asked.yml").write_text(named, encoding="utf-8")
    rows = {one["id"]: one for one in findings()["orderings"]}
    assert "hold=once]" in rows["R1"]["readings"][0]["words"]
    assert (rows["R1"]["share"], rows["R1"]["cells"]) == (1.0, 16 * VARIANTS * 2)


LABELS = """
labels:
  vi:
    title: Cuộc gặp khó
    parties: {hill: Đồi}
    issues: {quarrel: Tranh chấp}
"""
ASKED_LABELS = """
labels:
  vi: {title: Hai cuộc gặp, twins: {soft-calm: Êm ả}, orderings: {R1: Cuộc gặp dễ đạt dàn xếp nhiều hơn}}
"""


def test_the_page_in_vietnamese(workplace: Path) -> None:
    with (workplace / "hard.yaml").open("a", encoding="utf-8") as file:
        file.write(LABELS)
    (workplace / "asked.yml").write_text(ASKED + ASKED_LABELS, encoding="utf-8")
    english = findings()
    text = run(*SMALL, "--lang", "vi", "--out", "here", "--page", "page.md")
    assert "Cuộc gặp dễ đạt dàn xếp nhiều hơn" in text
    html = (workplace / "here" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in html
    for words in (
        "Hai cuộc gặp</h1>",
        "Cuộc gặp khó</h3>",
        "Êm ả",
        "Các thứ tự",
        "(Đồi: Tranh chấp: closed) [hard/talks]",
    ):
        assert words in html, words
    assert '<span lang="en">as the letter has it</span>' in html
    assert not re.search(r"is greater than|does not hold|Documented|must (rise|fall)|By variant", html)
    assert "# Two meetings" in (workplace / "page.md").read_text(encoding="utf-8")
    assert json.loads((workplace / "here" / "retrodiction.json").read_text(encoding="utf-8")) == english
    assert 'No language is called "qq"' in run(*SMALL, "--lang", "qq", ok=False)


def test_statements_read_the_same_on_the_page_as_in_the_data(workplace: Path) -> None:
    asked = read_retrodiction(workplace / "asked.yml", ())
    scenarios = {case.id: case.base for case in asked.cases}
    statements = [one for ordering in asked.orderings for one in ordering.hypotheses]
    assert [statement_words(one, scenarios) for one in statements] == [one.words for one in statements]


def test_only_some_cases(workplace: Path) -> None:
    found = findings("--cases", "hard")
    assert [one["id"] for one in found["cases"]] == ["hard"]
    assert [one["id"] for one in found["twins"]] == ["hard-pressed"]
    assert [one["id"] for one in found["orderings"]] == ["R3", "R4", "R5"]


def test_a_freeze_tells_what_changed_since(workplace: Path) -> None:
    run("--freeze", "--quiet")
    frozen = yaml.safe_load((workplace / "asked.frozen.yml").read_text(encoding="utf-8"))
    assert list(frozen["cases"]["soft"]) == ["first", "second"]
    assert findings()["changed"] == []
    text = (workplace / "hard.yaml").read_text(encoding="utf-8")
    (workplace / "hard.yaml").write_text(text.replace("0.01", "0.02"), encoding="utf-8")
    assert findings()["changed"] == ["hard"]
    run("--freeze", "--quiet")
    anew = findings()
    assert (anew["changed"], anew["earlier_freezes"]) == ([], [frozen["all"]])
    assert "frozen anew" in anew["frozen"]


def test_the_same_seed_gives_the_same_findings(workplace: Path) -> None:
    assert findings("--threads", "1") == findings("--threads", "2")
    assert findings() != findings("--seed", "2")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("case: soft, change: calm", "case: sofd, change: calm", 'Did you mean "soft"'),
        ("change: calm", "change: clam", 'Did you mean "calm"'),
        ("below: 0.1}", "below: 0.1, rises: true}", "one of them"),
        ("party: hill, issues: quarrel", "party: hil, issues: quarrel", 'Did you mean "hill"'),
        ("options: closed", "options: close", 'Did you mean "closed"'),
        ("of: net_gain, party: hill", "of: net_gain", "needs party"),
        ("greater: {case: hard, of: settlement}, than", "greater: {case: hard, of: settlement}, to", "greater/than"),
        ("of: net_gain", "of: gain", "orderings.R5"),
        ("bound: 0}]", "bound: 0}]\nlabels: {vi: {twins: {soft-clam: Êm}}}", 'Did you mean "soft-calm"'),
    ],
)
def test_what_does_not_exist_is_said(workplace: Path, old: str, new: str, said: str) -> None:
    assert old in ASKED
    (workplace / "asked.yml").write_text(ASKED.replace(old, new), encoding="utf-8")
    assert said in " ".join(run(*SMALL, ok=False).split())


def test_a_case_must_say_what_is_documented(workplace: Path) -> None:
    text = (workplace / "hard.yaml").read_text(encoding="utf-8")
    (workplace / "hard.yaml").write_text(text[: text.index("documented:")], encoding="utf-8")
    assert "says of no format what is documented" in " ".join(run(*SMALL, ok=False).split())
