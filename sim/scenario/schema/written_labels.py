"""Names of a scenario in further languages: what people may put into the block `labels`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from sim.scenario.schema.numbers import Id, Model

LANGUAGE_PATTERN = r"^[a-z]{2}$"
Language = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]
Label = Annotated[str, StringConstraints(min_length=1)]


class Labels(Model):
    """The names of the file in another language, each under its id. What is left out keeps the file's own name."""

    title: Label | None = None
    summary: Label | None = None
    notes: Label | None = None
    parties: dict[Id, Label] = Field(default={}, description="Party: name.")
    issues: dict[Id, Label] = Field(default={}, description="Issue: name.")
    options: dict[Id, dict[Id, Label]] = Field(default={}, description="Issue, option: name.")
    formats: dict[Id, Label] = Field(default={}, description="Format: name.")
    baskets: dict[Id, dict[Id, Label]] = Field(default={}, description="Format, working group: name.")
    tracks: dict[Id, Label] = Field(default={}, description="Track: name.")
