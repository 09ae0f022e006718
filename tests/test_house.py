"""The rules of the house that no linter knows: sizes, errors, chance, names, places."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SIM = ROOT / "sim"
MODULES = sorted(SIM.rglob("*.py"))
MODULE_LIMIT, FUNCTION_LIMIT, FUNCTION_P95 = 500, 60, 40
MAX_PARAMETERS, MAX_POSITIONAL, MAX_NESTING = 7, 4, 3
MAX_NESTING_COMPILED = 4
"""Compiled rules loop over parties, issues and options at once, and a further function costs a second of compiling."""
BROAD_EXCEPT_ALLOWED = frozenset({"sim/sweep/executors.py"})
"""Modules with a broad except: at most one, the place that turns a crashed run into a recorded failure."""
COMMANDS = frozenset(
    f"sim/cli/{name}.py"
    for name in ("compare_command", "scenario_commands", "experiments", "table_commands", "sweep_command")
)
"""Typer reads the options of a command from its parameters, so commands may have many."""

type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[type_of_function]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, type_of_function)]


def code_lines(source: list[str], node: type_of_function) -> int:
    """Lines of code of a function: after the docstring, without blanks and comments."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    if not body:
        return 0
    lines = source[body[0].lineno - 1 : node.end_lineno]
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Deepest nesting of blocks inside a function; `elif` does not count as deeper."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, type_of_function | ast.ClassDef | ast.Lambda):
            continue
        inner = isinstance(child, ast.For | ast.While | ast.If | ast.With | ast.Try)
        chained = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, nesting(child, depth + int(inner and not chained)))
    return deepest


def test_modules_stay_short():
    long = {
        name_of(path): n for path in MODULES if (n := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LIMIT
    }
    assert not long, f"split these (limit {MODULE_LIMIT} lines): {long}"


def test_functions_stay_short():
    lengths: dict[str, int] = {}
    for path in MODULES:
        source = path.read_text(encoding="utf-8").splitlines()
        lengths |= {f"{name_of(path)}:{node.name}": code_lines(source, node) for node in functions(path)}
    long = {name: n for name, n in lengths.items() if n > FUNCTION_LIMIT}
    assert not long, f"over the hard limit of {FUNCTION_LIMIT} lines of code: {long}"
    ordered = sorted(lengths.values())
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    assert p95 <= FUNCTION_P95, f"95% of functions should have at most {FUNCTION_P95} lines of code, now {p95}"


def test_blocks_are_not_nested_deep():
    deep = {
        f"{name_of(path)}:{node.name}": depth
        for path in MODULES
        for node in functions(path)
        if (depth := nesting(node)) > (MAX_NESTING_COMPILED if is_compiled(node) else MAX_NESTING)
    }
    assert not deep, f"nested deeper than {MAX_NESTING}: {deep}"


def is_compiled(node: type_of_function) -> bool:
    """Compiled rules take arrays and scalars one by one: numba has no keyword-only arguments that are cheap."""
    return any(re.match(r"(kernel|inlined|unit)\b", ast.unparse(decorator)) for decorator in node.decorator_list)


def test_long_parameter_lists_are_keyword_only():
    wrong = []
    for path in MODULES:
        for node in functions(path):
            if is_compiled(node) or node.name.startswith("__"):
                continue
            positional = [a.arg for a in node.args.posonlyargs + node.args.args if a.arg not in {"self", "cls"}]
            too_many = len(positional) + len(node.args.kwonlyargs) > MAX_PARAMETERS and name_of(path) not in COMMANDS
            if len(positional) > MAX_POSITIONAL or too_many:
                wrong.append(f"{name_of(path)}:{node.name}")
    assert not wrong, (
        f"over {MAX_POSITIONAL} parameters: the rest keyword-only; over {MAX_PARAMETERS}: a record. {wrong}"
    )


def broad(handler: ast.ExceptHandler) -> bool:
    names = (
        {ast.unparse(handler.type)} if handler.type is not None and not isinstance(handler.type, ast.Tuple) else set()
    )
    if isinstance(handler.type, ast.Tuple):
        names = {ast.unparse(item) for item in handler.type.elts}
    return handler.type is None or bool(names & {"Exception", "BaseException"})


def test_errors_are_never_swallowed_whole():
    found = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and broad(node)
    }
    assert found <= BROAD_EXCEPT_ALLOWED, f"bare or broad except in {sorted(found - BROAD_EXCEPT_ALLOWED)}"
    assert len(BROAD_EXCEPT_ALLOWED) <= 1


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULE_NAMES = {module_of(path) for path in MODULES}


def imports_of(path: Path) -> set[str]:
    """Modules of the package that a module names, at its top, in its functions or for its types alone."""
    named: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            named |= {part if part in MODULE_NAMES else str(node.module) for part in parts.values()}
    return (named & MODULE_NAMES) - {module_of(path)}


def circle_in(imports: Mapping[str, set[str]]) -> list[str]:
    """Modules of which each imports the next and the last the first; none where there is no circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_in_a_circle():
    assert circle_in({module_of(path): imports_of(path) for path in MODULES}) == []


def test_a_circle_of_imports_is_noticed():
    plain = {"a": {"b"}, "b": {"c"}, "c": set[str]()}
    assert circle_in(plain) == []
    assert set(circle_in({**plain, "c": {"a"}})) == {"a", "b", "c"}


MIRRORED = ("rules", "formats", "bargaining", "analysis", "scenario")
"""Rooms in which every module has a test file of its name in the mirrored room."""


@pytest.mark.parametrize("room", MIRRORED)
def test_every_module_has_a_test_file_of_its_name(room: str):
    modules = [path for path in MODULES if path.is_relative_to(SIM / room) and path.name != "__init__.py"]
    places = {path: ROOT / "tests" / path.relative_to(SIM).with_name(f"test_{path.name}") for path in modules}
    missing = [name_of(test) for test in places.values() if not test.is_file()]
    assert modules
    assert not missing, f"modules without a test file of their name: {missing}"


# Explicit, keyed generators; everything else under numpy.random is the global generator or seeds it.
KEYED = {"Philox", "Generator", "BitGenerator", "SeedSequence"}


def test_chance_is_an_argument_never_a_global():
    found = []
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            text = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Import | ast.ImportFrom) else ""
            global_numpy = re.fullmatch(r"(np|numpy)\.random\.(\w+)", text)
            if global_numpy and global_numpy.group(2) not in KEYED:
                found.append(f"{name_of(path)}: {text}")
            if re.match(r"(import random\b|from random import|(\w+\.)*model\.random\b|self\.random\b)", text):
                found.append(f"{name_of(path)}: {text}")
    assert not found, f"randomness without a key: {found}"


def in_two_places(places: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: where for name, where in places.items() if len(where) > 1}


def test_a_class_name_stands_for_one_class():
    places: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{name_of(path)}:{node.lineno}")
    shared = in_two_places(places)
    assert not shared, f"one name, two classes: {shared}"


def test_a_module_name_stands_for_one_module():
    places: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        if path.stem != "__init__":
            places[path.stem].append(name_of(path))
    shared = in_two_places(places)
    assert not shared, f"one name, two modules: {shared}"


def imported(node: ast.AST) -> set[str]:
    """Top names of the modules that a piece of code imports, wherever in it."""
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            names |= {alias.name for alias in part.names}
        elif isinstance(part, ast.ImportFrom) and part.level == 0 and part.module:
            names.add(part.module)
    return {name.partition(".")[0] for name in names}


def does_without(node: ast.AST) -> bool:
    """Whether what is imported here may be missing: only types are read from it, or a clear error is raised."""
    if isinstance(node, ast.Try):
        return any("ImportError" in ast.unparse(handler.type) for handler in node.handlers if handler.type)
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def spared(path: Path) -> set[str]:
    """Modules that a file imports only where it can do without them."""
    tree = tree_of(path)
    guarded = [part for node in ast.walk(tree) if does_without(node) for part in node.body]  # type: ignore[attr-defined]
    inside = {id(part) for body in guarded for part in ast.walk(body)}
    outside = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    needed = set().union(*(imported(node) for node in outside if id(node) not in inside))
    return set().union(*map(imported, guarded)) - needed


def distributions(lines: list[str]) -> set[str]:
    names = (re.match(r"[\w.-]+", line) for line in lines)
    return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in names if name}


def undeclared(modules: set[str], declared: set[str]) -> list[str]:
    """Third-party modules that no declared distribution brings along."""
    brought_by = packages_distributions()
    others = modules - set(sys.stdlib_module_names) - {"sim", "parley"}
    return sorted(name for name in others if not distributions(brought_by.get(name, [])) & declared)


def test_what_is_imported_is_declared():
    """What other packages happen to bring along is not there to be relied on; what is optional is not relied on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = distributions(project["dependencies"])
    optional = distributions([line for lines in project["optional-dependencies"].values() for line in lines])
    required = set().union(*(imported(tree_of(path)) - spared(path) for path in MODULES))
    assert {"numpy", "numba", "yaml"} <= required
    assert undeclared(required, needed) == []
    assert undeclared(set().union(*map(spared, MODULES)), needed | optional) == []


def test_tests_do_without_the_benchmarks():
    """Benchmarks may use what the tests are built from; the tests are shipped without the benchmarks."""
    used = re.compile(r"^\s*(from|import) benchmarks\b", re.MULTILINE)
    files = sorted((ROOT / "tests").rglob("*.py"))
    users = [name_of(path) for path in files if used.search(path.read_text(encoding="utf-8"))]
    assert not users, f"import benchmarks: {users}"


def party_words() -> set[str]:
    """Ids and names of all parties of the shipped files, but for "upper" and "lower", which are words of any code."""
    words: set[str] = set()
    for path in (ROOT / "scenarios").rglob("*.y*ml"):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for party_id, party in (data.get("parties") or {}).items():
            words |= {party_id.lower(), str((party or {}).get("name", party_id)).lower()}
    return {word for word in words if len(word) > 3} - {"upper", "lower"}


def test_code_names_no_party():
    words = party_words()
    if not words:
        pytest.skip("no scenarios yet")
    pattern = re.compile(r"(?<![a-z])(" + "|".join(sorted(map(re.escape, words))) + r")(?![a-z])")
    found = [
        f"{name_of(path)}:{number}: {match.group(0)}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := pattern.search(line.lower()))
    ]
    assert not found, f"the code knows no case: {found}"


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# Spelt in pieces so that this file does not find itself.
MACHINE = re.compile(
    "|".join(["/" + "work/", "/" + "tmp/[a-z]", "/" + "home/[a-z]", "/" + "root/", "/" + "Users/", "/" + "opt/"])
)
BINARY = {".png", ".parquet", ".svg", ".ico"}


def test_no_file_names_a_place_on_a_machine():
    found = []
    for path in tracked_files():
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{name_of(path)}:{number}")
    assert not found, f"paths of one machine: {found}"


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", "LICENSE", "constraints.txt", ".ci/run", "docs/README.md"]
)
def test_the_house_has_its_papers(name: str):
    assert (ROOT / name).is_file()


def test_pins_are_exact_and_name_no_place():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert all(re.match(r"[a-z0-9-]+==[\w.]+( ; .+)?$", line) for line in lines)
    assert len(lines) > 30


LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")


def test_links_between_pages_lead_somewhere():
    pages = [ROOT / "README.md", ROOT / "results" / "README.md", *(ROOT / "docs").rglob("*.md")]
    missing = [
        f"{name_of(page)} -> {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not missing, missing


def test_the_picture_of_the_house_is_current():
    from tests.architecture import PICTURE, picture

    assert PICTURE.read_text(encoding="utf-8") == picture(), "make docs draws it anew"
