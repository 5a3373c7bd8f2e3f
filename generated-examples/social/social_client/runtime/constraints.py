"""Constraints that pydantic lacks: decimal multiples, Python patterns, unique items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import (
    GetCoreSchemaHandler,
)
from pydantic_core import (
    PydanticCustomError,
    core_schema,
    to_jsonable_python,
)

from .json_values import is_multiple, is_unique
from .schema import compiled


@dataclass(frozen=True, slots=True)
class MultipleOf:
    """Numbers that are whole multiples, counted in decimals."""

    of: int | float

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            self._check, handler(source)
        )

    def _check(self, value: Any) -> Any:
        if not is_multiple(value, self.of):
            raise PydanticCustomError(
                "multiple_of", "Input should be a multiple of {of}", {"of": self.of}
            )
        return value


@dataclass(frozen=True, slots=True)
class Pattern:
    """Strings in which a regular expression is found."""

    pattern: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            self._check, handler(source)
        )

    def _check(self, value: Any) -> Any:
        if not compiled(self.pattern).search(value):
            raise PydanticCustomError(
                "string_pattern_mismatch",
                "String should match pattern '{pattern}'",
                {"pattern": self.pattern},
            )
        return value


class Unique:
    """Lists that have no item twice, compared as JSON."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            self._check, handler(source)
        )

    def _check(self, value: Any) -> Any:
        if not is_unique(to_jsonable_python(value, by_alias=True)):
            raise PydanticCustomError("unique_items", "Items should be unique")
        return value
