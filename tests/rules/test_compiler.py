"""Rules to machine code: it needs neither Python nor numba, and what a rule raises is not lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.rules.compiler import compile_unit
from sim.rules.kernel import kernel, unit
from sim.rules.library import link
from tests.rules.test_kernel import python


@kernel
def half(number: float) -> float:
    return number / 2.0


@unit("f>f")
def quarter(number: float) -> float:
    return half(half(number))


@unit("if>f")
def halved_often(times: int, number: float) -> float:
    return number if times == 0 else halved_often(times - 1, half(number))


@unit("i>-")
def talks(size: int) -> None:
    print(size)


@pytest.mark.slow
def test_a_unit_calls_kernels_and_itself() -> None:
    assert quarter(3.0) == 0.75
    assert halved_often(10, 1024.0) == 1.0


@pytest.mark.slow
def test_the_machine_code_of_a_unit_is_what_is_linked() -> None:
    body = compile_unit(lambda number: half(number) + 1.0, "f>f", "parley_test_lambda")
    assert quarter.prototype(link({"parley_test_lambda": body})["parley_test_lambda"])(5.0) == 3.5


@pytest.mark.slow
def test_code_that_only_numba_could_run_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"compiled rules cannot call .*Py"):
        compile_unit(talks.function, talks.letters, talks.symbol)


@unit("i>i")
def refuses(size: int) -> int:
    if size > 2:
        raise ValueError("too many")
    return size


@pytest.mark.slow
def test_what_a_rule_raises_is_raised_in_python() -> None:
    assert refuses(2) == 2
    with pytest.raises(RuntimeError, match="a compiled rule failed in parley_test_compiler_refuses"):
        refuses(3)
    assert refuses(1) == 1


@pytest.mark.slow
def test_what_is_compiled_is_run_without_the_compiler(tmp_path: Path) -> None:
    code = """
import sys
from sim.rules.kernel import load_units
from sim.rules.menu import menu_add
print(load_units([menu_add]), "numba" in sys.modules, menu_add.call is not None)
"""
    assert python(code, tmp_path) == "1 True True"
    assert python(code, tmp_path) == "0 False True"
    (kept,) = tmp_path.glob("kernels-*/*.object")
    kept.write_bytes(kept.read_bytes()[:-9])  # the disk was full
    assert python(code, tmp_path) == "1 True True"
    assert python(code, tmp_path) == "0 False True"
