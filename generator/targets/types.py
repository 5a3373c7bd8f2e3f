"""Python types as text that knows which models it names, how it validates and how a signature says it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from generator.model import Json
from generator.python import Import, literal
from generator.value import dataclass

RUNTIME_MODULES = {
    "rules": "Rules Ruled rules",
    "alternatives": "AnyOf OneOf",
    "constraints": "MultipleOf Pattern Unique",
    "formats": "DateTime Date Time Uuid Ipv4 Ipv6 Duration Base64 Base64Url DecimalText",
    "read_only": "ReadOnly",
    "spelling": "Spelled",
}
"""Which module of the runtime has what; model.py has the rest."""

WHERE = {
    name: module for module, names in RUNTIME_MODULES.items() for name in names.split()
}

SCHEMAS = "SCHEMAS"
"""What models.py calls the schemas that rules refer to."""


BEGIN, END = "\0", "\1"
"""Stand around what models.py defines: no source has these signs, whatever a document says."""
NAMED = re.compile(f"{BEGIN}([^{END}]*){END}")


class Words(NamedTuple):
    """A piece of source, what models.py defines marked in it, with the imports it needs."""

    source: str
    imports: frozenset[Import] = frozenset()

    def text(self, prefix: str = "") -> str:
        return self.source.replace(BEGIN, prefix).replace(END, "")

    @property
    def names(self) -> tuple[str, ...]:
        """The models that are named."""
        return tuple([name for name in mentions(self.source) if name != SCHEMAS])

    @property
    def is_local(self) -> bool:
        """Whether only models.py itself can say it without a prefix."""
        return BEGIN in self.source


@dataclass(frozen=True, slots=True)
class Type:
    """A type: `full` is what pydantic validates, `bare` what a signature says; `| None` apart."""

    full: Words
    bare: Words
    nullable: bool = False

    def shown(self) -> Words:
        return _or_none(self.full) if self.nullable else self.full

    def said(self) -> Words:
        return _or_none(self.bare) if self.nullable else self.bare


def unmarked(source: str) -> str:
    """Source as models.py itself says it."""
    return source.replace(BEGIN, "").replace(END, "")


def mentions(source: str) -> list[str]:
    """All that only models.py defines, the schemas of rules included."""
    return NAMED.findall(source)


def marked(name: str) -> str:
    """A name of models.py as source that knows it for one."""
    return f"{BEGIN}{name}{END}"


def of_runtime(name: str) -> Import:
    """The import of a name of the runtime."""
    return Import(f".runtime.{WHERE.get(name, 'model')}", name)


def _or_none(words: Words) -> Words:
    if words.source in ("None", "Any"):
        return words
    return Words(f"{words.source} | None", words.imports)


def plain(text: str, *imports: Import) -> Type:
    words = Words(text, frozenset(imports))
    return Type(words, words)


def runtime(name: str, said: str, *imports: Import) -> Type:
    """A type of the runtime; signatures say what it holds."""
    return Type(
        Words(name, frozenset({of_runtime(name)})),
        Words(said, frozenset(imports)),
    )


def model(name: str) -> Type:
    words = Words(marked(name))
    return Type(words, words)


ANY = plain("Any", Import("typing", "Any"))
NONE = plain("None")
STRING = plain("str")
ANNOTATED = frozenset({Import("typing", "Annotated")})


def list_of(item: Type) -> Type:
    return Type(_generic("list[", item.shown()), _generic("list[", item.said()))


def dict_of(item: Type) -> Type:
    return Type(
        _generic("dict[str, ", item.shown()), _generic("dict[str, ", item.said())
    )


def _generic(opening: str, inner: Words) -> Words:
    return Words(f"{opening}{inner.source}]", inner.imports)


def literals(values: Iterable[Json]) -> Type:
    text = ", ".join(literal(value) for value in values)
    return plain(f"Literal[{text}]", Import("typing", "Literal"))


def annotated(inner: Type, metadata: Iterable[Words]) -> Type:
    """The type with metadata; None stays outside, so that the metadata never meets it."""
    extra = list(metadata)
    if not extra:
        return inner
    whole = ", ".join([words.source for words in (inner.full, *extra)])
    imports = ANNOTATED.union(inner.full.imports, *[words.imports for words in extra])
    full = Words(f"Annotated[{whole}]", imports)
    return Type(full, inner.bare, inner.nullable)


def annotated_whole(inner: Type, metadata: Iterable[Words]) -> Type:
    """The type with metadata that sees None too."""
    whole = inner.shown()
    return annotated(Type(whole, inner.said()), metadata)


def union(types: Iterable[Type], reading: Words | None) -> Type:
    """One of several types; `reading` tells pydantic how to choose."""
    found = list(types)
    if len(found) == 1:
        return found[0]
    nullable = any(each.nullable or each == NONE for each in found)
    kept = list({each.full: each for each in found if each != NONE}.values())
    if not kept:
        return NONE
    if any(each.full == ANY.full for each in kept):
        return ANY
    if len(kept) == 1:
        return Type(kept[0].full, kept[0].bare, nullable)
    full = _joined([each.full for each in kept])
    bare = _joined({each.bare: None for each in kept})
    both = Type(full, bare)
    whole = annotated(both, [reading]) if reading else both
    return Type(whole.full, whole.bare, nullable)


def _joined(words: Collection[Words]) -> Words:
    source = " | ".join([each.source for each in words])
    return Words(source, frozenset().union(*[each.imports for each in words]))


LONG = 60


def is_long(found: Type) -> bool:
    """Whether a type is better read under a name of its own."""
    text = found.full.text()
    if len(text) > LONG:
        return True
    return "Rules(" in text or "OneOf(" in text or "AnyOf(" in text
