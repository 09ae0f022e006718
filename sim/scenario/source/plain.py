"""Plain data (mappings, lists, scalars) told apart, in a way that type checkers follow."""

from __future__ import annotations

from typing import Any, TypeGuard


def is_mapping(data: object) -> TypeGuard[dict[str, Any]]:
    """Whether plain data is a mapping."""
    return isinstance(data, dict)


def is_list(data: object) -> TypeGuard[list[Any]]:
    """Whether plain data is a list."""
    return isinstance(data, list)


def is_row(data: object) -> TypeGuard[tuple[Any, ...]]:
    """Whether a value is a tuple."""
    return isinstance(data, tuple)
