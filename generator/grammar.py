"""What stands where in an OpenAPI document: which value under which key is of which kind.

A kind is a row of GRAMMAR; "{kind}" is a mapping of names to it, "[kind]" a list of it, "" plain data.
"""

from __future__ import annotations

from generator.model import Json

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

GRAMMAR: dict[str, dict[str, str]] = {
    "document": {
        "paths": "paths",
        "webhooks": "{pathItem}",
        "x-webhooks": "{pathItem}",
        "components": "components",
    },
    "components": {
        "schemas": "{schema}",
        "responses": "{response}",
        "parameters": "{parameter}",
        "examples": "{example}",
        "requestBodies": "{requestBody}",
        "headers": "{header}",
        "securitySchemes": "{securityScheme}",
        "links": "{link}",
        "callbacks": "{callback}",
        "pathItems": "{pathItem}",
        "x-pathItems": "{pathItem}",
        "mediaTypes": "{mediaType}",
    },
    "pathItem": {
        **dict.fromkeys(METHODS, "operation"),
        "parameters": "[parameter]",
        "additionalOperations": "{operation}",
    },
    "operation": {
        "parameters": "[parameter]",
        "requestBody": "requestBody",
        "responses": "responses",
        "callbacks": "{callback}",
    },
    "parameter": {
        "schema": "schema",
        "content": "{mediaType}",
        "examples": "{example}",
    },
    "header": {"schema": "schema", "content": "{mediaType}", "examples": "{example}"},
    "requestBody": {"content": "{mediaType}"},
    "response": {"headers": "{header}", "content": "{mediaType}", "links": "{link}"},
    "mediaType": {
        "schema": "schema",
        "itemSchema": "schema",
        "examples": "{example}",
        "encoding": "{encoding}",
        "prefixEncoding": "[encoding]",
        "itemEncoding": "encoding",
    },
    "encoding": {
        "headers": "{header}",
        "encoding": "{encoding}",
        "prefixEncoding": "[encoding]",
        "itemEncoding": "encoding",
    },
    "schema": {
        **dict.fromkeys(
            (
                "items",
                "additionalItems",
                "additionalProperties",
                "contains",
                "contentSchema",
                "else",
                "if",
                "not",
                "propertyNames",
                "then",
                "unevaluatedItems",
                "unevaluatedProperties",
            ),
            "schema",
        ),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[schema]"),
        **dict.fromkeys(
            (
                "$defs",
                "definitions",
                "dependentSchemas",
                "patternProperties",
                "properties",
            ),
            "{schema}",
        ),
        "discriminator": "discriminator",
    },
    "discriminator": {"mapping": "mapping", "defaultMapping": ""},
    "mapping": {},
    "example": {},
    "link": {},
    "securityScheme": {},
}

PATTERNED = {"paths": "pathItem", "responses": "response", "callback": "pathItem"}
"""Kinds whose keys are names, but where `x-` begins an extension."""

HOMES = {
    "schema": "schemas",
    "response": "responses",
    "parameter": "parameters",
    "example": "examples",
    "requestBody": "requestBodies",
    "header": "headers",
    "securityScheme": "securitySchemes",
    "link": "links",
    "callback": "callbacks",
    "pathItem": "pathItems",
    "mediaType": "mediaTypes",
}
"""The section of components in which a kind has its home."""


def child(kind: str, key: str | int) -> str:
    """The kind of what stands under a key of a value of this kind."""
    if not kind or kind[0] in "{[":
        return kind[1:-1]
    if kind in PATTERNED:
        return "" if str(key).startswith("x-") else PATTERNED[kind]
    return GRAMMAR.get(kind, {}).get(str(key), "")


def component_names(document: Json, section: str) -> list[str]:
    """The names in a section of a document's components."""
    components = document.get("components") if isinstance(document, dict) else None
    found = components.get(section) if isinstance(components, dict) else None
    return list(found) if isinstance(found, dict) else []
