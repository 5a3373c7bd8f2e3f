"""Rules that no type can say: a value, or a model, held to a JSON Schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from pydantic import (
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import (
    PydanticCustomError,
    core_schema,
    to_jsonable_python,
)
from typing_extensions import Self

from . import schema as json_schema
from .model import Model


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Holds a value to a JSON Schema; `schemas` are those that its `$ref`s name."""

    schema: json_schema.Schema
    schemas: json_schema.Schemas | None = None

    def hold(self, value: Any) -> None:
        wrong = json_schema.failure(self.schema, value, self.schemas or {})
        if wrong is not None:
            raise PydanticCustomError(
                "json_schema", "{wrong}", {"wrong": f"The value {wrong}"}
            )

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_wrap_validator_function(
            self._validate, handler(source)
        )

    def _validate(
        self,
        value: Any,
        inner: core_schema.ValidatorFunctionWrapHandler,
        info: ValidationInfo,
    ) -> Any:
        if info.mode == "json":
            self.hold(value)
            return inner(value)
        made = inner(value)
        self.hold(to_jsonable_python(made, by_alias=True))
        return made


class Ruled(Model):
    """A model that is held to rules as well; see `rules`."""

    schema_rules: ClassVar[tuple[Rules, ...]] = ()

    @model_validator(mode="wrap")
    @classmethod
    def _hold(
        cls, value: Any, inner: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if info.mode == "json":
            for rule in cls.schema_rules:
                rule.hold(value)
            return inner(value)
        made = inner(value)
        plain = to_jsonable_python(made, by_alias=True)
        for rule in cls.schema_rules:
            rule.hold(plain)
        return made


R = TypeVar("R", bound=Ruled)


def rules(
    schema: json_schema.Schema, schemas: json_schema.Schemas | None = None
) -> Callable[[type[R]], type[R]]:
    """Hold a model to a JSON Schema too, over its JSON."""

    def ruled(model: type[R]) -> type[R]:
        model.schema_rules = (*model.schema_rules, Rules(schema, schemas))
        return model

    return ruled
