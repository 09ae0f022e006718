"""Every message that the report can say, collected from its source.

`python -m tests.report.messages vi` lists what a language lacks. A message is a text given to `say` in `sim/report` and
`sim/cli`, in a page template, or to `message` in the layers below. Where `say` is given a name instead of a text,
`TABLES` tells which words stand behind the name.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, nodes

from sim.analysis.comparison import outside_view
from sim.analysis.comparison import results as comparison
from sim.analysis.experiments import metrics as quantities
from sim.analysis.experiments import retrodiction
from sim.analysis.positions.forecasters import FORECASTERS, POINTS
from sim.bargaining import table_equilibrium
from sim.formats.protocols import PROTOCOL
from sim.report.canvas import palette
from sim.report.comparison import benchmarks, carriers, failure_tables, figures, history_tables, numeric, scope
from sim.report.comparison import number_tables as evidence
from sim.report.comparison import page_tables as tables
from sim.report.comparison import variance_shares_view as rests_on_words
from sim.report.retrodiction import retrodiction_tables
from sim.report.sweep import factor_words, sweep_tables, sweep_words
from sim.report.words import words
from sim.report.words.language import catalogue, languages
from sim.scenario.schema.priors import PARTY_CONSTANTS
from sim.types.tables import PROTOCOLS

ROOT = Path(__file__).resolve().parents[2]
SPOKEN = ("sim/report", "sim/cli")
BELOW = ("sim/scenario", "sim/bargaining", "sim/analysis", "sim/sweep")

_CHAIN = {**comparison.MEASURES, **tables.CHAIN_WORDS}
TABLES: Mapping[str, tuple[str, ...]] = {
    "CONDITIONAL": (comparison.CONDITIONAL,),
    "INTERVAL_NOTE": (comparison.INTERVAL_NOTE,),
    "RANGE_NOTE": (comparison.RANGE_NOTE,),
    "MEASURES[m]": tuple(comparison.MEASURES.values()),
    "MEASURES[measure]": tuple(comparison.MEASURES.values()),
    "MEASURES[measure].lower()": tuple(one.lower() for one in comparison.MEASURES.values()),
    "MEASURES[pair.measure].lower()": tuple(one.lower() for one in comparison.MEASURES.values()),
    "words[m]": tuple(_CHAIN.values()),
    "OUTCOME_WORDS[k]": tuple(palette.OUTCOME_WORDS.values()),
    "OUTCOME_WORDS[outcome]": tuple(palette.OUTCOME_WORDS.values()),
    "OUTCOME_SENTENCE[k]": tuple(palette.OUTCOME_SENTENCE.values()),
    "LIKELIHOOD_WORDS[measure.measure]": tuple(history_tables.LIKELIHOOD_WORDS.values()),
    "POSITION_WORDS[look.position]": tuple(history_tables.POSITION_WORDS.values()),
    "COUNT_WORDS[at]": tuple(history_tables.COUNT_WORDS.values()),
    "view.note": (outside_view.HISTORY_NOTE,),
    "view.seats": (outside_view.SEATS_NOTE,),
    "PLACE_WORDS[name]": tuple(failure_tables.PLACE_WORDS.values()),
    "ZONE_WORDS[zone]": tuple(benchmarks.ZONE_WORDS.values()),
    "DISTANCE_WORDS[name]": tuple(benchmarks.DISTANCE_WORDS.values()),
    "VERDICT_WORDS[pair.verdict]": tuple(benchmarks.VERDICT_WORDS.values()),
    "PARTS[part]": tuple(map(str, scope.PARTS.values())),
    "LIMITS": (table_equilibrium.LIMITS,),
    "NO_GAME": (table_equilibrium.NO_GAME,),
    "TRACK_NOTE": (table_equilibrium.TRACK_NOTE,),
    "constant.replace('_', ' ')": tuple(one.replace("_", " ") for one in PARTY_CONSTANTS),
    "PROTOCOLS[protocol].replace('_', ' ')": tuple(one.replace("_", " ") for one in PROTOCOLS),
    "PROTOCOL[info.protocol].title": tuple(one.title for one in PROTOCOL.values()),
    "NARROW_PAIRED[measure]": tuple(tables.NARROW_PAIRED.values()),
    "page_tables.words": (*tables.COUNTED.values(), *tables.NARROW_MEASURES.values()),
    "HEAD_WORDS[part]": tuple(evidence.HEAD_WORDS.values()),
    "SECTION_WORDS.get(parts[2], 'Other' if parts[0] == 'parties' else 'Seats and calendar')": (
        *evidence.SECTION_WORDS.values(),
        "Other",
        "Seats and calendar",
    ),
    "words[len(parties) > 1]": (*words.GUARANTOR_WORDS, *words.OBSERVER_WORDS),
    "consent.rule": ("unanimity", "majority"),
    "info.transparency": ("public", "secret"),
    "NOT_HELD": (figures.NOT_HELD,),
    "BASELINE": (tables.BASELINE,),
    "IMPASSE_LABELS[IMPASSES[u]]": tuple(words.IMPASSE_LABELS.values()),
    "MEASURE_CLAUSES[name]": tuple(carriers.MEASURE_CLAUSES.values()),
    "OUTCOME_WORDS[Outcome[name.upper()]]": tuple(palette.OUTCOME_WORDS.values()),
    "IMPASSE_LABELS[reason]": tuple(words.IMPASSE_LABELS.values()),
    "IMPASSE_WORDS[reason]": tuple(words.IMPASSE_WORDS.values()),
    "NARROW_MEASURES[m]": tuple(tables.NARROW_MEASURES.values()),
    "FAILURES_BY": (tables.FAILURES_BY,),
    "basis": tuple(evidence.BASES),
    "number.unknown.basis": tuple(evidence.BASES),
    "number_tables.words": tuple(evidence.BASES.values()),
    "MEASURES[rests.measure].lower()": tuple(one.lower() for one in comparison.MEASURES.values()),
    "SECTION_WORDS[parts[2]]": tuple(evidence.SECTION_WORDS.values()),
    "CLASS_WORDS[name]": tuple(retrodiction_tables.CLASS_WORDS.values()),
    "CLASS_WORDS[name].lower()": tuple(one.lower() for one in retrodiction_tables.CLASS_WORDS.values()),
    "MEANING[quantity.kind]": tuple(quantities.MEANING.values()),
    "KIND_LABELS[factor.steering.kind]": tuple(factor_words.KIND_LABELS.values()),
    "NO_LEVEL": (factor_words.NO_LEVEL,),
    "MEASURES[found.measure]": tuple(comparison.MEASURES.values()),
    "MEASURES[found.measure].lower()": tuple(one.lower() for one in comparison.MEASURES.values()),
    "STEERED[factor.steering.kind]": tuple(sweep_tables.STEERED.values()),
    "SAMPLE_WORDS[kind]": tuple(sweep_words.SAMPLE_WORDS.values()),
    "LEADS_WORDS[place > 0]": sweep_words.LEADS_WORDS,
    "BARE_WORDS": (sweep_words.BARE_WORDS,),
    "who": ("simulation", "base rate of the other cases", "nothing ever settles"),
    "NO_RANKING": (retrodiction.NO_RANKING,),
    "kind_words": tuple(rests_on_words.KIND_WORDS.values()),
    "PARTITION_WORDS[partition]": tuple(rests_on_words.PARTITION_WORDS.values()),
    "PARTITION_WORDS[name]": tuple(rests_on_words.PARTITION_WORDS.values()),
    "GROUP_WORDS[id_]": tuple(rests_on_words.GROUP_WORDS.values()),
    "PART_WORDS[id_]": tuple(rests_on_words.PART_WORDS.values()),
    "BASIS_SHARES[part.id]": tuple(rests_on_words.BASIS_SHARES.values()),
    "variance_shares_view.sentence": tuple(rests_on_words.MOST_OF.values()),
    "numeric.words": numeric.AGREED_HEAD,
    "method.title": tuple(FORECASTERS[key].title for key in POINTS),
    "method.source": tuple(FORECASTERS[key].source for key in POINTS),
    "LEAD_WORDS[number.leader]": tuple(rests_on_words.LEAD_WORDS.values()),
    "END_WORDS[bool(end.value)]": tuple(rests_on_words.END_WORDS.values()),
    "VIEW_LINES[number.leader]": tuple(rests_on_words.VIEW_LINES.values()),
}
"""Source of an argument (with its module where the name alone says little) -> the words it can stand for."""

CARRIED = {
    "one", "info.consent", "note", "reading.changes", "sentence", "parse_variant(name).said", "name",
    "retrodiction.frozen",
}  # fmt: skip
"""Arguments that are messages from below, collected where they are made, or `BASELINE` among names of variants."""


def collected() -> dict[str, str]:
    """English message -> the file that says it first."""
    found: dict[str, str] = {}
    for name, text in (*_from_code(), *_from_templates()):
        found.setdefault(text, name)
    return found


def unknown_arguments() -> list[str]:
    """Arguments of `say` and `message` whose words nobody knows: neither texts nor in `TABLES`."""
    return [
        f"{name}: {source}"
        for name, source, text in _arguments()
        if text is None and source not in CARRIED and not _words_behind(name, source)
    ]


def _from_code() -> Iterator[tuple[str, str]]:
    for name, source, text in _arguments():
        for one in (text,) if text is not None else _words_behind(name, source):
            yield name, one


def _words_behind(name: str, source: str) -> tuple[str, ...]:
    return TABLES.get(f"{Path(name).stem}.{source}", TABLES.get(source, ()))


def _arguments() -> Iterator[tuple[str, str, str | None]]:
    """(File, source, text) of the words of every message; the text is None where they are not written out there."""
    for folders, function in ((SPOKEN, "say"), (BELOW, "message")):
        for path in (file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))):
            for call in _calls(path, function):
                joints = [one.value for one in call.keywords if one.arg == "joint"]
                for argument in (*call.args[:1], *joints):
                    text = argument.value if isinstance(argument, ast.Constant) else None
                    yield path.relative_to(ROOT).as_posix(), ast.unparse(argument), text


def _calls(path: Path, function: str) -> Iterator[ast.Call]:
    if path.name == "language.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
            yield node


def _from_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "sim/report/templates").glob("*.j2")):
        tree = Environment(trim_blocks=True, lstrip_blocks=True).parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "say":
                assert isinstance(call.args[0], nodes.Const), f"{path.name}:{call.lineno}: say takes a text here"
                yield path.relative_to(ROOT).as_posix(), call.args[0].value


def missing(code: str) -> dict[str, str]:
    """Messages without words in a language, with the file that says each first."""
    known = catalogue(code).messages
    return {
        text: name for text, name in collected().items() if text not in known and any(map(str.isalpha, _bare(text)))
    }


def _bare(text: str) -> str:
    """The text without its holes: `{asked}` alone needs no translation."""
    return "".join(part.split("}")[-1] for part in text.split("{"))


if __name__ == "__main__":
    for code in sys.argv[1:] or languages()[1:]:
        for text, name in missing(code).items():
            print(f"{code}  {name}\n  - en: {text}\n    {code}:")
