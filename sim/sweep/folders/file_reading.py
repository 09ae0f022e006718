"""Reading the files of a sweep's folder: of what is damaged one is told the file, what is wrong, and what to do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.app.errors import InputError

COPY = "Put back a copy of it, or play the design into another folder (--out)."
"""What to do where the plan is damaged: without it nobody knows what the parts are of."""


@contextmanager
def reading(file: Path, remedy: str) -> Iterator[None]:
    """What fails while a file is read, in words for the user.

    Raises:
        InputError: the file is missing, or cannot be read.
    """
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{file} is missing. {remedy}") from None
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        told = (" ".join(str(error).split()) or type(error).__name__).removesuffix(".")
        raise InputError(f"{file} is damaged and cannot be read ({told}). {remedy}") from None


def read_record(file: Path) -> dict[str, Any]:
    """What `sweep.json` says.

    Raises:
        InputError: it is damaged.
    """
    with reading(file, COPY):
        record = json.loads(file.read_text(encoding="utf-8"))
        _ = record["identity"], record["plan"], record["files"], record["counts"], record["shard"]
        return record


def fault_of_record(file: Path, written: str | None) -> str:
    """A sentence for a file of the folder that has another SHA-256 than was `written`; empty where it has this."""
    if not file.is_file():
        return f"{file} is missing."
    if digest_of(file.read_bytes()) != written:
        return f"{file} has other content than was written: it is damaged, or was edited."
    return ""


def digest_of(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def part_remedy(place: Path) -> str:
    """What to do where a part is damaged."""
    return f"Delete it; to play it again: parley sweep resume {place}"


def parts_remedy(place: Path) -> str:
    """What to do where the folder of the parts is gone."""
    return f"Make an empty folder of this name; to play what is missing: parley sweep resume {place}"


def read_part(file: Path, names: Sequence[str]) -> pa.Table:
    """Columns of a part.

    Raises:
        InputError: it cannot be read, or its footer says that it is another part.
    """
    remedy = part_remedy(file.parent.parent)
    with reading(file, remedy), pq.ParquetFile(file) as opened:
        key = json.loads(opened.metadata.metadata[b"parley"])["part"]
        table = opened.read(columns=list(names), use_threads=False)
    if key != file.stem:
        raise InputError(f"{file} holds what belongs to {key}. {remedy}")
    return table
