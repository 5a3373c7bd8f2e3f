"""Unions: which of the alternatives a value is, and errors that do not speak of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import (
    BaseModel,
    GetCoreSchemaHandler,
)
from pydantic_core import (
    InitErrorDetails,
    PydanticCustomError,
    ValidationError,
    core_schema,
)


@dataclass(frozen=True, slots=True)
class _Pick:
    """A value for one alternative only."""

    index: int
    value: Any


class AnyOf:
    """Reads a union: the best of the alternatives that fit, and errors without the alternatives' names.

    With a `tag` its word in `tags` says which it is; `default` is the one that no word names.
    """

    exactly_one = False

    def __init__(
        self,
        tag: str | None = None,
        tags: Mapping[str, int] | None = None,
        default: int | None = None,
    ) -> None:
        self.tag = tag
        self.tags = tags or {}
        self.default = default

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        union = handler(source)
        choices: list[Any] = union["choices"] if union["type"] == "union" else [union]
        picking: list[core_schema.CoreSchema | tuple[core_schema.CoreSchema, str]] = [
            _picking(index, choice) for index, choice in enumerate(choices)
        ]
        count = len(choices)

        def validate(
            value: Any, inner: core_schema.ValidatorFunctionWrapHandler
        ) -> Any:
            return self._validate(value, inner, count)

        return core_schema.no_info_wrap_validator_function(
            validate, core_schema.union_schema(picking, mode="left_to_right")
        )

    def _validate(
        self, value: Any, inner: core_schema.ValidatorFunctionWrapHandler, count: int
    ) -> Any:
        if self.tag is None or not isinstance(value, Mapping):
            return self._untagged(value, inner, count)
        if self.tag in value or self.default is not None:
            return self._tagged(self.tag, value, inner)
        try:  # an alternative need not require the tag
            return self._untagged(value, inner, count)
        except ValueError:
            raise _wrong([_mistagged(self.tag, self.tags, value)]) from None

    def _untagged(
        self, value: Any, inner: core_schema.ValidatorFunctionWrapHandler, count: int
    ) -> Any:
        fitting: list[Any] = []
        failures: list[list[Any]] = []
        for index in range(count):
            try:
                fitting.append(inner(_Pick(index, value)))
            except ValueError as error:
                failures.append(_errors(error, index))
        if not fitting:
            raise _explained(failures)
        if self.exactly_one and len(fitting) > 1:
            raise PydanticCustomError(
                "one_of",
                "Input must match exactly one alternative, and it matches {count}",
                {"count": len(fitting)},
            )
        return max(fitting, key=_closeness)

    def _tagged(
        self,
        tag: str,
        value: Mapping[str, Any],
        inner: core_schema.ValidatorFunctionWrapHandler,
    ) -> Any:
        word, index = value.get(tag), self.default
        if isinstance(word, str) and word in self.tags:
            index = self.tags[word]
        if index is None:
            raise _wrong([_mistagged(tag, self.tags, value)])
        try:
            return inner(_Pick(index, value))
        except ValueError as error:
            raise _wrong(_errors(error, index)) from None


class OneOf(AnyOf):
    """Reads a union of which exactly one alternative must fit."""

    exactly_one = True


def _picking(index: int, choice: Any) -> tuple[core_schema.CoreSchema, str]:
    """An alternative that lets only its own values in; its label is its index."""

    def only(pick: Any) -> Any:
        if pick.index != index:
            raise ValueError("another alternative")
        return pick.value

    schema = choice[0] if isinstance(choice, tuple) else choice
    return core_schema.no_info_before_validator_function(only, schema), str(index)


def _errors(error: ValueError, index: int) -> list[Any]:
    """The errors of one alternative, their places as if there were no union."""
    found = error.errors(include_url=False) if hasattr(error, "errors") else []
    return [
        {**one, "loc": one["loc"][1:]}
        for one in found
        if one["loc"] and one["loc"][0] == str(index)
    ]


def _explained(failures: list[list[Any]]) -> Exception:
    """The errors of the one alternative that was meant, as far as the value's type tells."""
    meant = [errors for errors in failures if not _is_other_type(errors)]
    if len(meant) == 1:
        return _wrong(meant[0])
    tried = meant or failures
    words = "; or ".join(
        ", ".join(_words(error) for error in errors[:3]) for errors in tried[:6]
    )
    return PydanticCustomError(
        "union", "Input matches no alternative: {words}", {"words": words}
    )


def _is_other_type(errors: list[Any]) -> bool:
    return any(
        not error["loc"] and error["type"].endswith(("_type", "none_required"))
        for error in errors
    )


def _words(error: Any) -> str:
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {error['msg']}" if place else str(error["msg"])


def _mistagged(tag: str, tags: Mapping[str, int], value: Mapping[str, Any]) -> Any:
    names = ", ".join(map(repr, tags))
    return {
        "type": "tag" if tag in value else "missing",
        "loc": (tag,),
        "msg": f"Input should be one of {names}" if tag in value else "Field required",
        "input": value.get(tag, value),
    }


def _wrong(errors: list[Any]) -> Exception:
    lines = [
        InitErrorDetails(
            type=PydanticCustomError(error["type"], "{text}", {"text": error["msg"]}),
            loc=error["loc"],
            input=error["input"],
        )
        for error in errors
    ]
    return ValidationError.from_exception_data("union", lines)


def _closeness(value: Any) -> int:
    """How many of a model's own properties are there: the better fit knows more of the value."""
    if not isinstance(value, BaseModel):
        return 0
    return len(value.model_fields_set - set(value.model_extra or ()))
