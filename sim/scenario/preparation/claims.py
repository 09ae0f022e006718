"""Evidence files: what documents say, claim by claim, for scenarios to cite.

A claim is our own paraphrase of a passage, with the document, the paragraphs and how firmly it is attributed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Literal

from pydantic import Field, ValidationError

from sim.scenario.schema.numbers import Model
from sim.scenario.schema.written import ReferenceId
from sim.scenario.source.problems import Report
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
    """Read an evidence file.

    Raises:
        ScenarioError: it cannot be read, does not follow the schema, or a claim names no document of it.
    """
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
