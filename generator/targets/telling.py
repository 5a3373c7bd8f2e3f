"""What a refusal says in the words of a declared error, as far as the names of properties tell."""

from __future__ import annotations

from generator.model import ABSENT, Json, Property, Schema
from generator.targets.making import Endless, Hopeless
from generator.targets.merging import merged
from generator.targets.models import Models
from generator.value import dataclass

NUMBERS = frozenset(
    "code status statuscode httpstatus httpcode httpstatuscode errorcode".split()
)
TEXTS = frozenset(
    "message msg detail details description reason title type text error errors fault"
    " errormsg errortext errordescription errordetail faultstring".split()
)
"""Names of properties, in small letters and without signs, that tell a status or a sentence."""
HOLDERS = frozenset("error errors fault faults messages".split())
"""Names of properties that hold what tells."""

STATUS, DIGITS = "\ue000status", "\ue000digits"
TITLE, MESSAGE = "\ue000title", "\ue000message"
"""What stands in a value where the refusal is asked."""
SAMPLES: dict[str, Json] = {
    STATUS: 422,
    DIGITS: "422",
    TITLE: "Not Found",
    MESSAGE: "There is no such thing",
}
LONG = 500
"""From which length on a text holds every sentence."""
DEEP = 4


@dataclass(frozen=True, slots=True)
class Telling:
    """Makes values that tell a refusal, of the schemas of one document."""

    models: Models

    def value(self, schema: Schema) -> Json:
        """A value with marks in it; None where it would tell nothing, or not be valid."""
        try:
            told = self._told("message", schema, self.models.least(schema), DEEP)
        except (Endless, Hopeless, RecursionError):
            return None
        is_telling = any(mark in (TITLE, MESSAGE) for mark in leaves(told))
        is_valid = self.models.is_valid(schema, sampled(told), "out")
        return told if is_telling and is_valid else None

    def _told(self, name: str, schema: Schema, value: Json, depth: int) -> Json:
        """A value of a schema, with as many marks as the names in it ask for."""
        whole = merged(schema, self.models.api.schemas).schema
        mark = mark_of(name, whole)
        if mark is not None:
            return mark
        if isinstance(value, list) and whole.items is not None:
            return [self._told(name, whole.items, one, depth) for one in value]
        if not isinstance(value, dict):
            return value
        made: dict[str, Json] = {}
        for one in whole.properties:
            found = value.get(one.name)
            if one.name in whole.required and found != []:
                made[one.name] = self._told(one.name, one.schema, found, depth - 1)
            elif depth > 0 and is_telling(plain(one.name)):
                made |= self._optional(one, depth - 1)
        return made

    def _optional(self, one: Property, depth: int) -> dict[str, Json]:
        """A property that may be left out, where it tells something."""
        whole = merged(one.schema, self.models.api.schemas).schema
        if "array" in whole.types and whole.items is not None:
            value: Json = [self.models.least(whole.items)]
        else:
            value = self.models.least(one.schema)
        told = self._told(one.name, one.schema, value, depth)
        return {one.name: told} if any(map(is_mark, leaves(told))) else {}


def mark_of(name: str, schema: Schema) -> Json:
    """What a property of that name asks of a refusal; None where it asks nothing, or may not say it."""
    if schema.enum is not None or schema.const is not ABSENT or schema.one_of:
        return None
    types, said = {*schema.types} - {"null"}, plain(name)
    if types and types <= {"integer", "number"} and said in NUMBERS:
        return STATUS if holds_statuses(schema) else None
    if types == {"string"} and is_telling(said) and holds_sentences(schema):
        if said in NUMBERS:
            return DIGITS if "status" in said else TITLE
        return TITLE if said in ("title", "type") else MESSAGE
    return None


def is_telling(said: str) -> bool:
    """Whether something of a refusal stands under a name, or in what stands there."""
    return said.endswith("message") or said in TEXTS | NUMBERS | HOLDERS


def holds_statuses(schema: Schema) -> bool:
    """Whether every status of an error is a value."""
    least, most = schema.minimum, schema.maximum
    return (least is None or least <= 400) and (most is None or most >= 599)


def holds_sentences(schema: Schema) -> bool:
    """Whether every text that is not very long is a value."""
    if schema.format is not None or schema.pattern is not None:
        return False
    most = LONG if schema.max_length is None else schema.max_length
    return most >= LONG and (schema.min_length or 0) <= 1


def plain(name: str) -> str:
    """A name without its signs and capitals: `error_code` and `errorCode` are one."""
    return "".join(filter(str.isalnum, name)).lower()


def is_mark(value: Json) -> bool:
    return isinstance(value, str) and value in SAMPLES


def leaves(value: Json) -> list[Json]:
    """What stands in a value, at any depth."""
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [value]


def sampled(value: Json) -> Json:
    """The value with what a refusal may answer."""
    if isinstance(value, dict):
        return {name: sampled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [sampled(one) for one in value]
    return SAMPLES.get(value, value) if isinstance(value, str) else value
