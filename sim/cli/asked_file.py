"""Files that ask something of scenarios: read and checked against their shape, every problem in one message."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from sim.cli.console import InputError


def _as_list(data: Any) -> Any:
    return (data,) if isinstance(data, str) else data


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class Part(BaseModel):
    """Base of every part of such a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=BaseModel)


def read_file(path: Path, model: type[M], what: str) -> M:
    """Read a YAML file of a given shape.

    Args:
        path: the file.
        model: its shape.
        what: words for it, such as "a retrodiction file".

    Raises:
        InputError: it does not follow the shape.
        ScenarioError: it is no YAML.
    """
    from sim.scenario.source.errors import Report
    from sim.scenario.source.yaml_text import parse_text, read_text

    report = Report(str(path))
    data = parse_text(read_text(path, report), report)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors()]
        raise InputError(f"{path} is not {what}: " + "; ".join(lines)) from None
