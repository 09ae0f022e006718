"""A scenario file with the files it builds on: profiles written once and changed where they are used, and evidence.

`include` names files whose content lies under the file's own: mappings are merged key by key, everything else (a list,
a text, a number with its basis, the values of an issue in another form) replaces what was there, and `null` takes an
entry away. Labels of an included file for what the whole does not have are left out. `evidence` names files of claims;
those that the scenario cites become its references. Paths are relative to the file that names them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Literal

from pydantic import Field, ValidationError

from sim.scenario.preparation.labels import drop_idle_labels
from sim.scenario.schema.numbers import NUMBER_MARKS, Model
from sim.scenario.schema.written import ReferenceId
from sim.scenario.source.problems import FileRead, Path, Report
from sim.scenario.source.yaml_text import is_list, is_mapping, parse_text, read_text

Confidence = Literal["stated", "reported", "analyst", "established"]
"""stated: a party's own official; reported: the press; analyst: a judgement; established: settled historical record."""
_WORD = re.compile(r"[A-Za-z0-9_-]+")


class Document(Model):
    """A document that claims are taken from."""

    title: str
    author: str | None = None
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    note: str | None = None


class Claim(Model):
    """One thing that a document says, in our words."""

    document: str
    paragraphs: str | None = Field(default=None, description="Where in the document, such as '9, 10'.")
    voice: str | None = Field(default=None, description="Who speaks.")
    confidence: Confidence
    paraphrase: str

    def as_reference(self, documents: Mapping[str, Document]) -> dict[str, Any]:
        """The claim as an entry under `references` of a scenario."""
        document = documents[self.document]
        place = f", paragraph{'s' if ',' in self.paragraphs else ''} {self.paragraphs}" if self.paragraphs else ""
        said = ", ".join(part for part in (self.voice, self.confidence) if part)
        entry = {"title": document.title + place, "note": f"{self.paraphrase} [{said}]"}
        more = {"date": document.date, "url": document.url}
        return {**entry, **{key: value for key, value in more.items() if value}}


class EvidenceFile(Model):
    """An evidence file as written."""

    evidence: Literal[1]
    title: str | None = None
    notes: str | None = None
    documents: dict[ReferenceId, Document]
    claims: dict[ReferenceId, Claim]


def read_claims(file: FilePath, report: Report) -> EvidenceFile:
    """An evidence file; a ScenarioError where it does not follow the schema or a claim names no document of it."""
    data = parse_text(read_text(file, report), report)
    try:
        evidence = EvidenceFile.model_validate(data)
    except ValidationError as error:
        allowed = "an evidence file (docs/how-to/cite-evidence.md)"
        for details in error.errors(include_url=False, include_context=False, include_input=False):
            report.add(tuple(map(str, details["loc"])), details["msg"], allowed=allowed)
        report.stop_if_any()
        raise
    for key, claim in evidence.claims.items():
        if claim.document not in evidence.documents:
            path, seen = ("claims", key, "document"), f"'{claim.document}'"
            report.add(path, "unknown document", seen, list(evidence.documents), word=claim.document)
    report.stop_if_any()
    return evidence


def cited(data: object) -> set[str]:
    """Every word in the texts of plain data: claim ids among them are cited, as a source or in passing."""
    if isinstance(data, str):
        return set(_WORD.findall(data))
    parts: list[Any] = list(data.values()) if is_mapping(data) else list(data) if is_list(data) else []
    return set[str]().union(*map(cited, parts))


MOST_LEVELS = 8
_VALUE_FORMS = ("options", "ranking", "ideal")


def read_whole(file: FilePath, report: Report) -> dict[str, Any]:
    """Plain data of a scenario file with all that it includes and the claims that it cites.

    The report takes problems, the file and line of every path, and the files read. A ScenarioError where a file cannot
    be read, or files include each other in a circle.
    """
    whole = _read(file, str(report.file), (), report.read)
    report.lines.update(whole.lines)
    report.files.update(whole.files)
    drop_idle_labels(whole.data, whole.files)
    claims: dict[str, Claim] = {}
    documents: dict[str, Document] = {}
    for path, where in whole.evidence:
        evidence = read_claims(path, Report(str(path), read=report.read))
        documents.update(evidence.documents)
        for key in evidence.claims.keys() & claims.keys():
            report.add(where, "a claim is in two evidence files", f"'{key}'", "each claim once")
        claims.update(evidence.claims)
    report.stop_if_any()
    if whole.evidence:
        words = cited(whole.data)
        written: object = whole.data.get("references", {})
        chosen = {key: claim.as_reference(documents) for key, claim in claims.items() if key in words}
        whole.data["references"] = {**chosen, **written} if is_mapping(written) else written
    return whole.data


@dataclass
class _File:
    """One file with what it includes: data, where each path was written, and the evidence files named."""

    data: dict[str, Any]
    lines: dict[Path, int]
    files: dict[Path, str] = field(default_factory=dict[Path, str])
    evidence: list[tuple[FilePath, Path]] = field(default_factory=list[tuple[FilePath, Path]])


def _read(file: FilePath, name: str, above: tuple[FilePath, ...], read: list[FileRead]) -> _File:
    report = Report(name, read=read)
    data = parse_text(read_text(file, report), report)
    here = _File(data, report.lines, dict.fromkeys(report.lines, name) if above else {})
    chain = (*above, file.resolve())
    base: _File | None = None
    for index, path in _listed(data, "include", file, report):
        if path.resolve() in chain or len(chain) >= MOST_LEVELS:
            allowed = f"files that do not include this one, at most {MOST_LEVELS} deep"
            report.add(("include", str(index)), "files include each other", f"'{path.name}'", allowed)
            report.stop_if_any()
        part = _read(path, str(path), chain, read)
        base = part if base is None else _over(base, part)
    evidence = [(path, ("evidence", str(index))) for index, path in _listed(data, "evidence", file, report)]
    report.stop_if_any()
    whole = here if base is None else _over(base, here)
    for key in ("include", "evidence"):
        whole.data.pop(key, None)
    whole.evidence += evidence
    return whole


def _listed(data: dict[str, Any], key: str, file: FilePath, report: Report) -> list[tuple[int, FilePath]]:
    given = data.get(key, [])
    names = [given] if isinstance(given, str) else given
    if not is_list(names) or not all(isinstance(name, str) for name in names):
        report.add((key,), "the wrong kind of value", str(given), "the path of a file, or a list of them")
        return []
    return [(index, file.parent / str(name)) for index, name in enumerate(names)]


def _over(below: _File, above: _File) -> _File:
    replaced: set[Path] = set()
    data = _merged(below.data, above.data, (), replaced)
    kept = (path for path in below.lines if path and not any(path[:size] in replaced for size in range(len(path) + 1)))
    lines = {path: below.lines[path] for path in kept} | above.lines
    files = {path: below.files[path] for path in lines if path not in above.lines}
    return _File(data, lines, {**files, **above.files}, below.evidence + above.evidence)


def _merged(base: dict[str, Any], over: dict[str, Any], path: Path, replaced: set[Path]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        here = (*path, key)
        old = merged.get(key)
        if is_mapping(old) and is_mapping(value) and not _replaces(old, value, here):
            merged[key] = _merged(old, value, here, replaced)
            continue
        replaced.add(here)
        if value is None and key in merged:
            del merged[key]
        else:
            merged[key] = value
    return merged


def _replaces(old: dict[str, Any], new: dict[str, Any], path: Path) -> bool:
    """Whether a mapping stands for one thing: a number, or the values of an issue in another form."""
    is_issue = path[0] == "issues" and len(path) == 2  # it has a `level` of another kind
    if path[0] != "labels" and not is_issue and any(key in NUMBER_MARKS for key in (*old, *new)):
        return True
    forms = [{form for form in _VALUE_FORMS if form in values} for values in (old, new)]
    return bool(forms[0]) and bool(forms[1]) and forms[0] != forms[1]
