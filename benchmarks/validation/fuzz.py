"""Mutated scenario files and tables, read in process: a scenario or the program's own errors, nothing else.

    python -m benchmarks.validation.fuzz --mutants 100000 --play 300

A mutant is a shipped file with one to three things changed at random: lines dropped, moved or taken from another file,
numbers and words replaced, noise. Mutant `n` of a seed is always the same, so that slices add up and a finding can be
made again: `--first n --mutants 1`. What `check` accepts is drawn from, and written out and read again; some hundred of
these are played, each in a process that is stopped when it takes too long.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import shutil
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from sim.app.check import checked
from sim.app.convert import TableFile, convert
from sim.app.errors import InputError
from sim.report.scenario.overview import overview
from sim.scenario import Encoder, ResolvedScenario, ScenarioError, load_raw, load_scenario, read_raw
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text

ROOT = Path(__file__).resolve().parents[2]
SHIPPED, CORPUS = "scenarios", "tests/scenarios"
MOST_SECONDS = 120
"""A game of a mutant that takes longer is counted as one that hangs."""
DRAWS, REPLICATIONS = 3, 2
REREAD = 0.25
"""Share of the sound mutants that are written out and read again."""
_SPARE = 10  # mutants kept to be played, for each of those wanted


@dataclass(frozen=True)
class Source:
    """A file that is mutated, the scenario opened then (the file itself, or one that includes it), and its share."""

    file: str
    opened: str
    share: float

    @property
    def is_table(self) -> bool:
        """Whether it is a table of positions."""
        return self.file.endswith(".csv")


def _one(share: float, *files: str) -> list[Source]:
    return [Source(file, file, share) for file in files]


_CASES = f"{SHIPPED}/cases"
SOURCES: tuple[Source, ...] = (
    *_one(30, f"{SHIPPED}/minimal.yaml"),
    *_one(6, f"{SHIPPED}/well-formats.yaml"),
    *_one(0.3, f"{SHIPPED}/camp-david-1978.yaml"),
    *_one(0.06, f"{_CASES}/helsinki-1975.yaml", f"{_CASES}/malta-1989.yaml", f"{_CASES}/geneva-2021.yaml"),
    Source(f"{SHIPPED}/profiles/codebooks.yml", f"{_CASES}/malta-1989.yaml", 0.06),
    Source(f"{SHIPPED}/profiles/parties-2021.yml", f"{_CASES}/geneva-2021.yaml", 0.06),
    Source(f"{SHIPPED}/profiles/issues-2021.yml", f"{_CASES}/geneva-2021.yaml", 0.06),
    Source(f"{SHIPPED}/evidence/history.yaml", f"{_CASES}/helsinki-1975.yaml", 0.06),
    *_one(12, f"{CORPUS}/base.yaml"),
    *_one(1, *(f"{CORPUS}/valid/{name}.yaml" for name in ("protocols", "consent-forms"))),
    *_one(4, *(f"{CORPUS}/valid/{name}.yaml" for name in ("grid", "tracks", "labels", "agenda-forms"))),
    *_one(4, *(f"{CORPUS}/valid/{name}.yaml" for name in ("distributions", "together", "bloc"))),
    *_one(4, *(f"{SHIPPED}/examples/{name}.csv" for name in ("canals-decided", "delay-eu", "river-ktab"))),
    *_one(2, f"{SHIPPED}/examples/harbour-long.csv"),
)
JUNK = (
    "", "null", "~", "true", "-1", "0", "3", "1e400", "1e-320", "1e308", "-1e308", ".inf", "-.inf", ".nan", "1_000",
    "''", "all", "x", "[]", "{}", "[[]]", "[{}]", "{a: 1}", "{value: 1}", "{value: x}", "{set: {}}", "{options: {}}",
    "{ranking: []}", "{ideal: 3}", "{uniform: [1]}", "{uniform: [0, 1]}", "{triangular: [0, .5, 1]}",
    "{normal: {mean: 0, sd: 1}}", "{beta: {a: 1e-300, b: 1}}", "{discrete: {values: [0, 1], probabilities: [.5, .5]}}",
    "{level: high}", "{level: [high]}", "{level: {}}", "[peace]", "{add: 1}", "{times: .inf}", '"\\u0007"', '"a\\nb"',
    "'" + "1" * 50 + "'", "0x7fffffffffffffffff", "999999999999999999999999", "2000-01-01", "*x", "&x y", "!!set {a}",
    "{grid: {from: 0, to: 1, step: .1}}", "{positions: {}}", "principal", "mediator", "equilibrium", "majority",
)  # fmt: skip
NOISE = "[]{}:,&*!|>-#'\"\t\n %@`?x0;.\u00e4\u2028\ufeff\x00\x1b\U0001f600"
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def _drop(lines: list[str], at: int, _: list[str], rng: Random) -> None:
    del lines[at : at + rng.choice((1, 1, 1, 2, 8))]


def _repeat(lines: list[str], at: int, _: list[str], rng: Random) -> None:
    lines[at:at] = lines[at : at + rng.choice((1, 1, 3, 10))]


def _move(lines: list[str], at: int, _: list[str], rng: Random) -> None:
    lines.insert(rng.randrange(len(lines)), lines.pop(at))


def _borrow(lines: list[str], at: int, pool: list[str], rng: Random) -> None:
    first = rng.randrange(len(pool))
    lines[at:at] = pool[first : first + rng.choice((1, 1, 2, 6))]


def _indent(lines: list[str], at: int, _: list[str], rng: Random) -> None:
    lines[at] = lines[at][2:] if rng.random() < 0.5 else "  " + lines[at]


def _renumber(lines: list[str], at: int, _: list[str], rng: Random) -> None:
    """Another number, wild or near, in place of one of the line or of the lines after it."""
    for number in range(at, len(lines)):
        found = list(_NUMBER.finditer(lines[number]))
        if found:
            spot = rng.choice(found)
            near = (f"{float(spot.group()) * rng.choice((-1, 0.5, 2, 10)):g}", "0", "1", "0.5", "2", "-0.3", "600")
            fresh = rng.choice(near) if rng.random() < 0.7 else rng.choice(JUNK)
            lines[number] = lines[number][: spot.start()] + fresh + lines[number][spot.end() :]
            return


def _rename(lines: list[str], at: int, pool: list[str], rng: Random) -> None:
    """A word of this file, or of any, in place of one of the line."""
    found = list(_WORD.finditer(lines[at]))
    others = _WORD.findall(rng.choice(lines if rng.random() < 0.8 else pool))
    if found and others:
        spot = rng.choice(found)
        lines[at] = lines[at][: spot.start()] + rng.choice(others) + lines[at][spot.end() :]


def _revalue(lines: list[str], at: int, _: list[str], rng: Random) -> None:
    """Junk behind a colon or between commas."""
    spots = [spot.end() for spot in re.finditer(r"[:,\[] ?", lines[at])]
    if spots:
        begin = rng.choice(spots)
        end = re.compile(r"[,}\]]|$").search(lines[at], begin)
        rest = lines[at][end.start() :] if end and rng.random() < 0.8 else ""
        lines[at] = f"{lines[at][:begin]} {rng.choice(JUNK)}{rest}"


def _noise(lines: list[str], at: int, _: list[str], rng: Random) -> None:
    spot = rng.randrange(len(lines[at]) + 1)
    fresh = "".join(rng.choice(NOISE) for _ in range(rng.choice((1, 1, 2, 3))))
    lines[at] = lines[at][:spot] + fresh + lines[at][spot + rng.choice((0, 0, 1, 5)) :]


def _cut(lines: list[str], at: int, _: list[str], rng: Random) -> None:
    if rng.random() < 0.3:
        del lines[at:]


_WAYS: tuple[Callable[[list[str], int, list[str], Random], None], ...] = (
    *(_renumber, _renumber, _renumber, _renumber, _revalue, _revalue, _revalue, _rename, _rename, _rename),
    *(_drop, _drop, _repeat, _move, _borrow, _indent, _noise, _noise, _cut),
)


def mutated(text: str, pool: list[str], rng: Random) -> str:
    """A text with one to three things changed; `pool` are lines of all files."""
    lines = text.splitlines()
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if lines:
            rng.choice(_WAYS)(lines, rng.randrange(len(lines)), pool, rng)
    return "\n".join(lines) + "\n"


@dataclass
class Findings:
    """What came of the mutants: how many of each end, and the first of each kind of crash with its text."""

    ends: Counter[str] = field(default_factory=Counter[str])
    crashes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    sound: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])

    def crash(self, kind: str, example: str) -> None:
        """Note a crash."""
        self.ends["crash"] += 1
        self.crashes.setdefault(kind, []).append(example)

    def told(self) -> Iterator[str]:
        """Lines to print."""
        yield ", ".join(f"{count:,} {end}" for end, count in sorted(self.ends.items()))
        for kind, examples in sorted(self.crashes.items(), key=lambda entry: -len(entry[1])):
            yield f"{len(examples)} x {kind}; first: {examples[0]}"


def kind_of(error: BaseException) -> str:
    """A crash in a line: the error and the last places in the program's own code."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/sim/" in frame.filename]
    places = [f"{frame.filename.rpartition('/sim/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-2:]]
    words = re.sub(r"'[^']*'|\d+", "_", str(error).split("\n", 1)[0])[:100]
    return f"{type(error).__name__}: {words} at {' > '.join(places)}"


class Workshop:
    """A copy of the shipped files in a folder of its own, where one of them at a time is replaced by a mutant."""

    def __init__(self, folder: Path, kept: float) -> None:
        self.folder, self.kept = folder, kept
        for place in (SHIPPED, CORPUS):
            shutil.copytree(ROOT / place, folder / place)
        self.texts = {source.file: (folder / source.file).read_text(encoding="utf-8") for source in SOURCES}
        self.pool = [line for text in self.texts.values() for line in text.splitlines()]
        self.originals = {
            source.opened: load_scenario(folder / source.opened).digest for source in SOURCES if not source.is_table
        }

    def try_one(self, seed: int, number: int, findings: Findings) -> None:
        """Make a mutant and read it."""
        rng = Random(f"{seed}:{number}")
        (source,) = rng.choices(SOURCES, [source.share for source in SOURCES])
        file = self.folder / source.file
        file.write_text(mutated(self.texts[source.file], self.pool, rng), encoding="utf-8", errors="surrogatepass")
        name = f"--seed {seed} --first {number} --mutants 1 ({source.file})"
        try:
            self._read(source, name, findings, rng)
        except (ScenarioError, InputError) as error:
            findings.ends["refused"] += 1
            if not str(error).strip():
                findings.crash("an error without words", name)
        except Exception as error:  # whatever else it is, it is a finding
            findings.crash(kind_of(error), name)
        finally:
            file.write_text(self.texts[source.file], encoding="utf-8")

    def _read(self, source: Source, name: str, findings: Findings, rng: Random) -> None:
        opened = self.folder / source.opened
        resolved = self._imported(opened) if source.is_table else load_scenario(opened)
        list(overview(checked(resolved)))
        tables = Encoder(resolved, seed=1).tables(0, 2)
        if any(np.isnan(array).any() for array in tables if array.dtype.kind == "f"):
            findings.crash("NaN among the numbers drawn", name)
        if rng.random() < REREAD and load_raw(resolved.to_data()) != resolved:
            findings.crash("written out and read again it is another scenario", name)
        findings.ends["sound"] += 1
        if rng.random() < self.kept and resolved.digest != self.originals.get(source.opened):
            findings.sound.append((name, resolved.to_data() if source.is_table else read_raw(opened)))

    @staticmethod
    def _imported(table: Path) -> ResolvedScenario:
        """The scenario that a mutated table gives; one that `check` refuses is a finding."""
        text = convert(TableFile(table)).text
        try:
            return load_raw(parse_text(text, Report("imported")))
        except ScenarioError as error:
            raise AssertionError(f"import writes what check refuses: {error.problems[0].message}") from None


def read_all(
    seed: int, first: int, mutants: int, progress: Callable[[str], None] = lambda _: None, *, kept: float = 1.0
) -> Findings:
    """Read mutants `first` to `first + mutants` of a seed; a share of the sound ones is `kept` to be played."""
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        workshop = Workshop(Path(folder), kept)
        for number in range(first, first + mutants):
            crashes = findings.ends["crash"]
            workshop.try_one(seed, number, findings)
            if findings.ends["crash"] > crashes:
                progress(next(kind for kind, examples in findings.crashes.items() if f" {number} " in examples[-1]))
            if (number + 1 - first) % 1000 == 0:
                progress(f"{number + 1 - first:,} of {mutants:,}: {next(findings.told())}")
    return findings


def to_play(findings: Findings, most: int, seed: int) -> list[tuple[str, dict[str, Any]]]:
    """So many of the sound mutants, at random; large ones are left out, for they take minutes."""
    small = [(name, raw) for name, raw in findings.sound if "/cases/" not in name and "camp-david" not in name]
    return Random(seed).sample(small, min(most, len(small)))


def play_one(raw: dict[str, Any], *, variants: bool = False) -> str:
    """What is wrong with the comparison of the formats of a scenario; nothing if all is well."""
    from sim.app.compare import compare
    from sim.app.compare_request import CompareRequest
    from sim.app.scenarios import Scenario
    from sim.types.playing import Size

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            request = CompareRequest(Scenario(None, raw), size=Size(DRAWS, REPLICATIONS, threads=1), variants=variants)
            document = json.dumps(compare(request).to_data())
        except (ScenarioError, InputError) as error:
            return f"refused when played: {error}"
        except Exception as error:  # as above
            return kind_of(error)
    return "NaN in the result" if re.search(r"\b(NaN|Infinity)\b", document) else ""


def play_all(
    chosen: Sequence[tuple[str, dict[str, Any]]], findings: Findings, progress: Callable[[str], None] = lambda _: None
) -> None:
    """Play scenarios one by one in another process, which is replaced when one takes too long."""
    context = multiprocessing.get_context("spawn")
    pool = context.Pool(1)
    for number, (name, raw) in enumerate(chosen, 1):
        try:
            wrong = pool.apply_async(play_one, (raw,), {"variants": number % 10 == 0}).get(MOST_SECONDS)
        except multiprocessing.TimeoutError:
            wrong = f"not done after {MOST_SECONDS} seconds"
            pool.terminate()
            pool = context.Pool(1)
        if wrong:
            findings.crash(f"played: {wrong}", name)
        else:
            findings.ends["played"] += 1
        if number % 10 == 0:
            progress(f"{number} of {len(chosen)} played: {next(findings.told())}")
    pool.terminate()


def main() -> int:
    """Read and play mutants; 1 if anything crashed."""
    parser = argparse.ArgumentParser(description="Read and play mutated files.")
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--play", type=int, default=0)
    options = parser.parse_args()

    def progress(words: str) -> None:
        sys.stderr.write(words + "\n")

    kept = min(1.0, _SPARE * options.play / options.mutants)
    findings = read_all(options.seed, options.first, options.mutants, progress, kept=kept)
    play_all(to_play(findings, options.play, options.seed), findings, progress)
    for line in findings.told():
        print(line)
    return int(bool(findings.crashes))


if __name__ == "__main__":
    raise SystemExit(main())
