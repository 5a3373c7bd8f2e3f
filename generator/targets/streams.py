"""Streams in Python: the type of their items, and what writes and reads these."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Response
from generator.names import pascal
from generator.python import Import, call, string
from generator.streams import Datum, Items, Stream
from generator.targets.contents import union
from generator.targets.expressions import Annotation
from generator.targets.models import Models
from generator.targets.naming import Named
from generator.value import dataclass

KINDS = {"events": "Events", "lines": "Lines", "sequence": "Records"}
TOLD = {
    "events": "server-sent events",
    "lines": "lines of JSON",
    "sequence": "a JSON sequence",
}


@dataclass(frozen=True, slots=True)
class Sequences:
    """All representations of a stream: as a mapping, and as the type of its items."""

    media_types: tuple[str, ...]
    mapping: str
    """`{"text/event-stream": Events(Json(models.Post))}`"""
    imports: frozenset[Import]
    """What the mapping needs."""
    annotation: str
    types: frozenset[Import]
    """What the annotation needs."""


def is_stream(named: Named, response: Response) -> bool:
    """Whether a response is its operation's stream."""
    return named.stream is not None and named.stream.response is response


def told(stream: Stream) -> str:
    """What the stream is, for people."""
    return " or ".join(dict.fromkeys(TOLD[one.form] for one in stream.items))


def item_hint(prefix: str, datum: Datum) -> str:
    """The name that a model of an item gets which has none of its own."""
    return f"{prefix}{pascal(datum.names[0]) if datum.names else ''}Item"


def service_sequences(stream: Stream, named: Named, models: Models) -> Sequences:
    """What writes the items; a handler may give any of them a name and an id as an event."""
    return _sequences(stream, named, models, is_service=True)


def client_sequences(stream: Stream, named: Named, models: Models) -> Sequences:
    """What reads the items."""
    return _sequences(stream, named, models, is_service=False)


def item_type(stream: Stream, named: Named, models: Models) -> Annotation:
    """The type of what the items carry."""
    found = [
        datum_type(datum, named, models) for one in stream.items for datum in one.data
    ]
    said = union(one.said for one in found)
    needed = frozenset().union(*(one.said_imports for one in found))
    return Annotation(said, needed, said, needed)


def datum_type(datum: Datum, named: Named, models: Models) -> Annotation:
    hint = item_hint(named.prefix, datum)
    if datum.is_text and datum.schema is None:
        return Annotation("str", frozenset(), "str", frozenset())
    return models.annotation(datum.schema, hint=hint, direction="out")


def _sequences(
    stream: Stream, named: Named, models: Models, *, is_service: bool
) -> Sequences:
    imports: set[Import] = set()
    entries = {}
    for one in stream.items:
        name = one.content.content_type.partition(";")[0].strip().lower()
        arguments = list(_arguments(one, named, models, imports, is_service))
        kind = KINDS[one.form]
        where = ".runtime.sequences" if is_service else ".runtime.item_formats"
        imports.add(Import(where, kind))
        entries[name] = call(kind, arguments, used=200)
    mapping = ", ".join(f"{string(name)}: {made}" for name, made in entries.items())
    found = item_type(stream, named, models)
    kinds = list(dict.fromkeys(_kinds(stream, found.said, is_service)))
    event = {Import(".runtime.event", "Event")} if "Event[" in str(kinds) else set()
    return Sequences(
        tuple(entries),
        f"{{{mapping}}}",
        frozenset(imports),
        union(kinds),
        found.said_imports | event,
    )


def _kinds(stream: Stream, said: str, is_service: bool) -> Iterator[str]:
    for one in stream.items:
        if not one.is_envelope:
            yield said
        if one.is_envelope or (is_service and one.form == "events"):
            yield f"Event[{said}]"


def _arguments(
    items: Items, named: Named, models: Models, imports: set[Import], is_service: bool
) -> Iterator[str]:
    if items.form != "events":
        found = datum_type(items.data[0], named, models)
        imports.update(found.imports)
        yield found.text
        return
    made = {
        name: _content(datum, named, models, imports, is_service)
        for datum in items.data
        for name in datum.names or ("",)
    }
    prefix = "" if is_service else "data="
    if "" in made:
        yield prefix + made[""]
    else:
        entries = ", ".join(f"{string(name)}: {one}" for name, one in made.items())
        yield f"{prefix}{{{entries}}}"
    if items.is_envelope and not is_service:
        yield "whole=True"


def _content(
    datum: Datum, named: Named, models: Models, imports: set[Import], is_service: bool
) -> str:
    """`Json(models.Post)`, `Text()`"""
    found = datum_type(datum, named, models)
    imports.update(found.imports)
    kind = "Text" if datum.is_text else "Json"
    where = ".runtime.contents" if is_service else ".runtime.bodies"
    imports.add(Import(where, kind))
    return f"{kind}({found.text})"
