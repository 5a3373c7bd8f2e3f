"""Definitions as modules: one models.py, or a package that loads what it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from generator.python import Import, Imports, Scope, module_name, string
from generator.targets.definitions import Definition, DefinitionView
from generator.targets.packs import packs
from generator.targets.types import SCHEMAS
from generator.value import dataclass

MANY = 100
"""With more classes than these, importing all of them to use one is too slow."""
PACK = 12
"""How many definitions of a package share a module, unless they need each other."""
WHOLE = '"""What travels: every schema of the API as a type."""'
PART = '"""Some of what travels; the package has it all by name."""'
RULED = '"""The schemas that rules refer to, as they are in JSON Schema."""'


@dataclass(frozen=True, slots=True)
class ModelsView:
    """What models.py, or a module of the package, is made of."""

    imports: str
    schemas: str
    definitions: tuple[DefinitionView, ...]
    about: str = WHOLE


@dataclass(frozen=True, slots=True)
class ModelsPackageView:
    """models/__init__.py"""

    typed_imports: tuple[str, ...]
    names: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelsModule:
    """A module to emit: its path without an ending, its template, and what that sees."""

    path: str
    template: str
    view: ModelsView | ModelsPackageView


def model_modules(
    definitions: Mapping[str, Definition], schemas: str
) -> Iterator[ModelsModule]:
    """models.py, or the modules of `models` when there are many classes."""
    if sum(bool(each.view.head) for each in definitions.values()) > MANY:
        yield from _package(definitions, schemas)
    else:
        yield _module("models", one_module(definitions, schemas))


def one_module(definitions: Mapping[str, Definition], schemas: str) -> ModelsView:
    """Every definition in one module."""
    placed = in_order(definitions)
    imports = _imports(placed)
    if schemas:
        imports.add("typing", "Any")
    return ModelsView(imports.text, schemas, tuple(each.view for each in placed))


def in_order(
    definitions: Mapping[str, Definition], known: Iterable[str] = ()
) -> list[Definition]:
    """The definitions as they are named, each after what it is built on; `known` stand above."""
    placed: dict[str, Definition] = {}
    above = set(known)
    for first in definitions:
        stack, open_names = [first], set[str]()
        while stack:
            name = stack[-1]
            definition = definitions[name]
            waiting = [each for each in definition.after if each not in above]
            following = next((each for each in waiting if each not in open_names), None)
            if name in placed or following is None:
                stack.pop()
                placed.setdefault(name, with_alias(definition, above))
                above.add(name)
            else:
                open_names.add(name)
                stack.append(following)
    return list(placed.values())


def with_alias(definition: Definition, above: Collection[str]) -> Definition:
    """An alias as source: quoted where it names what does not stand above it."""
    value = definition.value
    if value is None:
        return definition
    text = value.text()
    if any(name not in above for name in value.names):
        text = string(text)
    alias = f"{definition.name} = TypeAliasType({string(definition.name)}, {text})"
    return replace(definition, view=replace(definition.view, alias=alias))


def _imports(definitions: Iterable[Definition]) -> Imports:
    imports = Imports()
    imports.add("__future__", "annotations")
    for definition in definitions:
        imports.update(definition.imports)
    return imports


def _module(path: str, view: ModelsView) -> ModelsModule:
    return ModelsModule(path, "service/models.py.jinja", view)


# A package


def _package(
    definitions: Mapping[str, Definition], schemas: str
) -> Iterator[ModelsModule]:
    places = _places(definitions)
    if schemas:
        places[SCHEMAS] = "_schemas"
        needed = Imports({Import("__future__", "annotations"), Import("typing", "Any")})
        yield _module("models/_schemas", ModelsView(needed.text, schemas, (), RULED))
    parts: dict[str, dict[str, Definition]] = {}
    for name, definition in definitions.items():
        parts.setdefault(places[name], {})[name] = definition
    for place, part in parts.items():
        yield _module(f"models/{place}", _part(part, places))
    template = "service/models_package.py.jinja"
    yield ModelsModule("models/__init__", template, _package_view(places))


def _places(definitions: Mapping[str, Definition]) -> dict[str, str]:
    """The module of each definition, which has the name of the first of it."""
    graph = {
        name: sorted(each.refers - {SCHEMAS}) for name, each in definitions.items()
    }
    scope = Scope({*definitions, "_schemas"}, folded=True)
    order = {name: number for number, name in enumerate(definitions)}
    places: dict[str, str] = {}
    for pack in packs(graph, PACK):
        first = min(pack, key=lambda name: order[name])
        places |= dict.fromkeys(pack, scope.take(f"_{module_name(first)}"))
    return places


def _part(part: Mapping[str, Definition], places: Mapping[str, str]) -> ModelsView:
    """Some definitions as a module, which imports what they refer to from the others."""
    outside = frozenset().union(*[each.refers for each in part.values()]) - {*part}
    placed = in_order(part, outside)
    imports = Imports({_deeper(each) for each in _imports(placed).wanted})
    imports.update(Import(f".{places[name]}", name) for name in outside)
    return ModelsView(imports.text, "", tuple(each.view for each in placed), PART)


def _deeper(one: Import) -> Import:
    """The import as a module of a package of ours says it."""
    return Import(f".{one.module}", one.name) if one.module[0] == "." else one


def _package_view(places: Mapping[str, str]) -> ModelsPackageView:
    names = sorted(places)
    imports = Imports({Import(f".{places[name]}", name) for name in names})
    return ModelsPackageView(
        typed_imports=tuple(imports.text.splitlines()),
        names=tuple(map(string, names)),
        places=tuple(f"{string(name)}: {string(places[name])}" for name in names),
    )
