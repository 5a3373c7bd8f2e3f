"""What a schema becomes in Python: a model or an enumeration of its own, or a mere type."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from generator.model import Schema, changed
from generator.targets.jsons import type_of
from generator.targets.keywords import (
    CHOICES,
    GENERAL,
    GROUPS_ALL,
    OBJECTS,
    allowed_values,
    said,
    says,
)
from generator.targets.merging import Merged, is_anything, merged, only
from generator.value import dataclass

Side = Literal["service", "client"]


@dataclass(frozen=True, slots=True)
class Form:
    """What a schema becomes."""

    kind: Literal["model", "enumeration", "type"]
    found: Merged
    nullable: bool = False
    loose: bool = False
    """A model whose schema lets everything else than an object through."""
    open: bool = False
    """An enumeration whose readers must expect other texts."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Tells the forms of the schemas of one document; a client leaves more open than a service."""

    schemas: dict[str, Schema]
    side: Side
    known: dict[Schema, Form] = field(default_factory=dict)

    def of(self, schema: Schema) -> Form:
        """The form of a schema with everything that its allOf and its $ref say."""
        form = self.known.get(schema)
        if form is None:
            form = self.known[schema] = self.form(merged(schema, self.schemas))
        return form

    def form(self, found: Merged) -> Form:
        """Whether a schema has a definition of its own."""
        schema = found.schema
        if schema.never:
            return Form("type", found)
        if schema.enum is not None:
            return self._enum_form(found)
        if schema.one_of or schema.any_of:
            calm = self.calm(found)
            return Form("type", found) if calm is None else self._model_form(calm)
        return self._model_form(found)

    def calm(self, found: Merged) -> Merged | None:
        """The schema with alternatives that add no shape made rules; None where they add some."""
        schema = found.schema
        base = changed(schema, one_of=(), any_of=(), discriminator=None)
        if not all(
            self._only_constrains(b, base) for b in (*schema.one_of, *schema.any_of)
        ):
            return None
        rest = [
            only(schema, (name,))
            for name in ("one_of", "any_of")
            if getattr(schema, name)
        ]
        return Merged(base, (*found.rest, *rest), found.origin)

    def _model_form(self, found: Merged) -> Form:
        schema = found.schema
        if not schema.properties:
            return Form("type", found)
        kinds = set(schema.types)
        if not kinds <= {"object", "null"} or kinds == {"null"}:
            return Form("type", found)
        if kinds == {"object"} or self.side == "client":
            return Form("model", found, nullable="null" in kinds)
        if found.rest or said(schema, GENERAL | GROUPS_ALL) - OBJECTS:
            return Form("type", found)
        return Form("model", found, nullable=bool(kinds), loose=not kinds)

    def _enum_form(self, found: Merged) -> Form:
        schema = found.schema
        if not schema.enum_names:
            return Form("type", found)
        values = allowed_values(schema)
        named = len(schema.enum_names) == len(values) == len(schema.enum or ())
        if (
            not named
            or found.rest
            or says(schema, GROUPS_ALL | GENERAL | CHOICES)
            or {type_of(v) for v in values} != {"string"}
        ):
            return Form("type", found)
        return Form("enumeration", found, open=self.side == "client")

    def _only_constrains(self, branch: Schema, base: Schema) -> bool:
        """Whether a branch adds no shape: it only says what must be there."""
        if branch.ref or branch.never or branch.format or branch.enum is not None:
            return False
        shape = frozenset({"properties", "items", "prefix_items", "additional"})
        if says(branch, shape | CHOICES) or branch.all_of or branch.key in self.schemas:
            return False
        return not is_anything(branch) and (
            not branch.types or branch.types == base.types
        )
