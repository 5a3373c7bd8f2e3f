"""How JSON Schema calls what the model's schemas hold: field → keyword, by what stands there."""

from __future__ import annotations

PLAIN = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_contains": "minContains",
    "max_contains": "maxContains",
    "min_items": "minItems",
    "max_items": "maxItems",
    "min_properties": "minProperties",
    "max_properties": "maxProperties",
}
"""A plain value."""

ONE = {
    "items": "items",
    "contains": "contains",
    "unevaluated_items": "unevaluatedItems",
    "additional": "additionalProperties",
    "property_names": "propertyNames",
    "unevaluated_properties": "unevaluatedProperties",
    "not_": "not",
    "if_": "if",
    "then": "then",
    "else_": "else",
}
"""One schema."""

MANY = {
    "prefix_items": "prefixItems",
    "all_of": "allOf",
    "any_of": "anyOf",
    "one_of": "oneOf",
}
"""Several schemas, in their order."""
