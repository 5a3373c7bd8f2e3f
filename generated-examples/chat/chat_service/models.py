"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from .runtime.formats import DateTime
from .runtime.model import Model

Name = TypeAliasType("Name", Annotated[str, Field(min_length=1, max_length=40)])


class Utterance(Model):
    type: Literal["say"]
    name: Name
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class Line(Model):
    type: Literal["line"]
    name: Name
    text: str
    said: DateTime


class WhoIsHere(Model):
    type: Literal["who"]
    id: Annotated[str, Field(min_length=1, max_length=80)]


class People(Model):
    type: Literal["people"]
    id: str
    names: list[Name]
