"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, MISSING
from typing_extensions import TypeAliasType

from .runtime.model import Model

Language = TypeAliasType("Language", Literal["en", "fr", "de"] | str)


class NewGreeting(Model, extra="forbid"):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    language: Language | MISSING = MISSING


class Greeting(Model):
    text: str
