"""YAML text to plain data with a line for every path, and no surprises.

Only what a scenario needs of YAML 1.2 (core schema): mappings, lists and plain scalars, so `no`, `on` and `yes` stay
words. The text is read as a stream of events, never through a constructor, so a tag can build nothing, an alias cannot
multiply without end, and deep nesting meets a limit before it meets the stack.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeGuard

import yaml

from sim.scenario.source.problems import FileRead, Path, Report, show

MAX_BYTES = 2 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 40

_yaml: Any = yaml
_parse: Any = _yaml.parse
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = "tag:yaml.org,2002:"


def is_mapping(data: object) -> TypeGuard[dict[str, Any]]:
    """Whether plain data is a mapping."""
    return isinstance(data, dict)


def is_list(data: object) -> TypeGuard[list[Any]]:
    """Whether plain data is a list."""
    return isinstance(data, list)


def is_row(data: object) -> TypeGuard[tuple[Any, ...]]:
    """Whether a value is a tuple."""
    return isinstance(data, tuple)


def mapping_of(data: object) -> dict[str, Any]:
    """Plain data where a mapping belongs; an empty one for anything else."""
    return data if is_mapping(data) else {}


def core_scalar(text: str) -> object:
    """A plain scalar by the YAML 1.2 core schema: null, true/false, a number, or else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) and len(text) <= 40:
        return int(text, 8 if text.startswith("0o") else 16) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITY.fullmatch(text):
        return -math.inf if text.startswith("-") else math.inf
    return math.nan if text in (".nan", ".NaN", ".NAN") else text


@dataclass
class _Node:
    """One node of the text; `entries` holds (key or index, key's line, child) of mappings and lists."""

    line: int
    kind: str
    scalar: object = None
    entries: list[Any] = field(default_factory=list[Any])
    key: tuple[str, int] | None = None
    """In a mapping that is still open: the key that waits for its value."""


class _StopReadingError(Exception):
    """The text makes no sense from here on: line, message, what was seen, what is allowed."""


def read_text(file: FilePath, report: Report) -> str:
    """The text of a file, put on record as read; a ScenarioError if it is missing, too large, or not UTF-8."""
    try:
        size = file.stat().st_size
        raw = file.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        report.add((), "the file cannot be read", error.strerror or str(error), f"a {report.sort.noun}")
        report.stop_if_any()
        raise
    if size > MAX_BYTES:
        report.add((), "the file is too large", f"{size} bytes", f"at most {MAX_BYTES} bytes (2 MiB)")
    report.read.append(FileRead(file, hashlib.sha256(raw).hexdigest()))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.lines[()] = raw[: error.start].count(b"\n") + 1
        report.add((), "the file is not UTF-8 text", f"byte 0x{raw[error.start]:02x}", "UTF-8")
        text = ""
    report.stop_if_any()
    return text


def parse_text(text: str, report: Report) -> dict[str, Any]:
    """Plain data of a YAML text; fills `report.lines`. A ScenarioError for anything but one plain YAML mapping."""
    report.lines[()] = 1
    bad = _UNPRINTABLE.search(text)
    if bad:
        report.lines[()] = text.count("\n", 0, bad.start()) + 1
        report.add((), "a control character cannot stand in YAML", repr(bad.group()), "printable text")
        report.stop_if_any()
    data = _read(text, report, mapping=True)
    assert is_mapping(data)
    return data


def parse_value(text: str) -> object:
    """The value on the right of `--set path=value`, read as YAML; a ScenarioError if it is not one YAML value."""
    return _read(text, Report("--set"), mapping=False)


def _read(text: str, report: Report, *, mapping: bool) -> object:
    data: object = None
    composer = _Composer()
    try:
        for event in _parse(text, Loader=_LOADER):
            composer.take(event)
        root = composer.root
        if mapping and (root is None or root.kind != "map"):
            seen = "an empty file" if root is None else {"list": "a list"}.get(root.kind, show(root.scalar))
            allowed = f"`key: value` lines, beginning with `{report.sort.first_line}`"
            report.add((), f"a {report.sort.noun} is a mapping", seen, allowed)
        elif root is not None:
            data = _build(root, (), report, [0])
    except yaml.YAMLError as error:
        _note_syntax(error, text, report)
    except _StopReadingError as stop:
        report.lines[()], message, seen, allowed = stop.args
        report.add((), message, seen, allowed)
    report.stop_if_any()
    return data


_QUOTES = "a text in quotes begins and ends with the same mark, and inside '...' an apostrophe is written twice"
_SYNTAX = (
    ("',' or '}'", "a { that is not closed, or entries without a comma between them", "{key: value, key: value}"),
    ("',' or ']'", "a [ that is not closed, or entries without a comma between them", "[one, two]"),
    ("escape character", "a \\ inside double quotes", "single quotes, or \\\\ for each \\"),
    ("quoted scalar", "a quotation mark that is not closed", _QUOTES),
    ("expected key", "a line that belongs to nothing above it", f"lines of one part indented alike; {_QUOTES}"),
    (
        "mapping values",
        "a colon where none can stand",
        "a text that holds `: ` in quotes, a blank after each colon, lines of one part indented alike",
    ),
    ("expected ':'", "a line without a colon", "`key: value`"),
    ("cannot start", "a text that begins with a sign that YAML keeps for itself", "the text in quotes"),
    ("alphabetic or numeric", "a text that begins with a sign that YAML keeps for itself", "the text in quotes"),
)
"""Part of the parser's words, what they mean, and what is allowed."""


def _note_syntax(error: yaml.YAMLError, text: str, report: Report) -> None:
    """What the parser stumbled over, in words for who wrote the file; a bracket or quote is told where it opens."""
    mark: Any = getattr(error, "problem_mark", None)
    opened: Any = getattr(error, "context_mark", None)
    words = f"{getattr(error, 'problem', None) or str(error).splitlines()[0]} {getattr(error, 'context', None) or ''}"
    _, message, allowed = next((known for known in _SYNTAX if known[0] in words), ("", words.strip(), "valid YAML"))
    if opened is not None and "not closed" in message:
        mark = opened
    line = "" if mark is None else "".join(text.splitlines()[mark.line : mark.line + 1])
    if mark is not None:
        report.lines[()] = mark.line + 1
        if line[mark.column : mark.column + 1] == "\t":
            message, allowed = "a tab where the indent belongs", "indent with spaces, not tabs"
    report.add((), f"YAML syntax error: {message}", show(line.strip()) if line else "", allowed)


@dataclass
class _Composer:
    """Builds the tree of nodes event by event, with a stack of its own instead of recursion.

    Aliases point at the node they name.
    """

    root: _Node | None = None
    n_documents: int = 0
    stack: list[_Node] = field(default_factory=list[_Node])
    anchors: dict[str, _Node] = field(default_factory=dict[str, _Node])

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.n_documents += 1
            if self.n_documents > 1:
                raise _StopReadingError(line, "a file holds one document", "a second document (`---`)", "one")
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.AliasEvent | yaml.ScalarEvent | yaml.CollectionStartEvent):
            node = self._aliased(event, line) if isinstance(event, yaml.AliasEvent) else self._new(event, line)
            if self._awaits_key:
                self.stack[-1].key = self._key(node, line)
                return
            self._hang(node)
            if isinstance(event, yaml.CollectionStartEvent):
                self.stack.append(node)
                if len(self.stack) > MAX_DEPTH:
                    seen = f"more than {MAX_DEPTH} levels"
                    raise _StopReadingError(line, "nested too deeply", seen, f"{MAX_DEPTH}")

    @property
    def _awaits_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].kind == "map" and self.stack[-1].key is None

    def _aliased(self, event: Any, line: int) -> _Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            raise _StopReadingError(line, "an alias without an anchor", f"*{event.anchor}", "an anchor defined before")
        if any(node is above for above in self.stack):
            raise _StopReadingError(line, "an alias that contains itself", f"*{event.anchor}", "no recursion")
        return node

    def _new(self, event: Any, line: int) -> _Node:
        """A new node; keys of mappings stay text whatever they look like."""
        if isinstance(event, yaml.ScalarEvent):
            node = _Node(line, "scalar", event.value if self._awaits_key else _scalar(event, line))
        else:
            is_map = isinstance(event, yaml.MappingStartEvent)
            _check_tag(event.tag, line, ("map",) if is_map else ("seq",))
            node = _Node(line, "map" if is_map else "list")
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _key(self, node: _Node, line: int) -> tuple[str, int]:
        if node.kind != "scalar":
            raise _StopReadingError(line, "a key must be a word", f"a {node.kind} as key", "a plain word")
        if node.scalar == "<<":
            raise _StopReadingError(line, "merge keys are not supported", "<<", "the entries written out, or an alias")
        return str(node.scalar), line

    def _hang(self, node: _Node) -> None:
        """Hangs a node under the one that is open: by key, or by index."""
        if not self.stack:
            self.root = self.root or node
            return
        parent = self.stack[-1]
        key, line = (parent.key or ("", node.line)) if parent.kind == "map" else (str(len(parent.entries)), node.line)
        parent.key = None
        parent.entries.append((key, line, node))


def _scalar(event: Any, line: int) -> object:
    _check_tag(event.tag, line, ("str", "int", "float", "bool", "null"))
    plain = event.implicit[0] and event.style in (None, "")
    if event.tag in (None, "!") or event.tag == _TAG + "str":
        return core_scalar(event.value) if plain and event.tag is None else event.value
    return core_scalar(event.value)


def _check_tag(tag: str | None, line: int, known: tuple[str, ...]) -> None:
    if tag is not None and tag != "!" and tag.removeprefix(_TAG) not in known:
        raise _StopReadingError(line, "unknown YAML tag", tag.replace(_TAG, "!!"), "no tags")


def _build(node: _Node, path: Path, report: Report, count: list[int]) -> object:
    """Plain data of a node, aliases expanded; notes duplicate keys and counts nodes against the limit."""
    count[0] += 1
    if count[0] > MAX_NODES or len(path) > MAX_DEPTH:
        seen, allowed = f"more than {MAX_NODES} values", f"at most {MAX_NODES}"
        raise _StopReadingError(node.line, "too much data once aliases are expanded", seen, allowed)
    report.lines.setdefault(path, node.line)
    if node.kind == "scalar":
        return node.scalar
    if node.kind == "list":
        return [_build(child, (*path, key), report, count) for key, _, child in node.entries]
    data: dict[str, object] = {}
    for key, line, child in node.entries:
        here = (*path, key)
        if key in data:
            first = report.lines.get(here)
            report.lines[here] = line
            report.add(here, "the key is given twice", f"'{key}', first on line {first}", "each key once")
            continue
        report.lines[here] = line
        data[key] = _build(child, here, report, count)
    return data
