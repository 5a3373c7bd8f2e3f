"""What a body is made of, by media type: how it is read into a value and written from one."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeGuard, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from .finite import refuse_infinite
from .kinds import Kind, as_json
from .media import charset_of
from .model import File
from .problem import HttpProblem


class Content(ABC):
    """One representation of a body."""

    usual: ClassVar[str] = "application/octet-stream"
    """The media type of a body where a range of them is declared."""

    @property
    def is_ever_empty(self) -> bool:
        """Whether no bytes at all are a body, not the lack of one."""
        return False

    @abstractmethod
    def read(self, body: bytes, content_type: str) -> Any:
        """The value of a body; raises ValidationError or HttpProblem."""

    @abstractmethod
    def write(self, value: object) -> bytes:
        """The body of a value."""

    def suits(self, value: object) -> bool:
        """Whether a value is of the kind that is written this way."""
        return True

    def plain(self, body: bytes, content_type: str) -> Any:
        """The body as plain values, to say where in it something is wrong."""
        return parsed(self.legible(body))

    def legible(self, body: bytes) -> bytes:
        """A body as JSON, where it is a form of JSON; raises HttpProblem."""
        return body

    def rewritten(self, text: bytes) -> bytes:
        """The body of a JSON text; raises ValidationError."""
        return text


class Json(Content):
    """JSON, validated against a type."""

    usual = "application/json"
    warnings: ClassVar[bool | Literal["error"]] = "error"
    """What becomes of a value that is not of its type; True where warnings raise anyway."""

    def __init__(self, type: Any) -> None:
        self.type = type
        self.model = type if is_model(type) else object
        """What its values are instances of: a model's writer would make `{}` of another model."""

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.type)

    @cached_property
    def validate(self) -> Callable[..., Any]:
        """The adapter's `validate_json` without its layer of arguments."""
        found: Callable[..., Any] = self.adapter.validator.validate_json
        return found

    @cached_property
    def dump(self) -> Callable[..., bytes]:
        """The adapter's `dump_json` without its layer of arguments."""
        found: Callable[..., bytes] = self.adapter.serializer.to_json
        return found

    def read(self, body: bytes, content_type: str = "application/json") -> Any:
        body = body.removeprefix(BOM_UTF8)  # RFC 8259 §8.1 lets it be ignored
        if body.find(b"NaN") >= 0 or body.find(b"Infinity") >= 0:  # quicker than `in`
            refuse_constants(body)
        refuse_infinite(body)
        try:
            return self.validate(body, strict=True, by_alias=True, by_name=False)
        except ValidationError as error:
            raise_broken(error)
            raise

    @cached_property
    def holds_models(self) -> bool:
        """Whether its values are no models, but have models in them."""
        return not is_model(self.type) and any(map(is_model, parts_of(self.type)))

    def write(self, value: object) -> bytes:
        if self.holds_models or not isinstance(value, self.model):
            self.check(value)
        try:
            return self.dump(value, by_alias=True, warnings=self.warnings)
        except UserWarning as unfit:
            raise ValueError(str(unfit)) from None

    def suits(self, value: object) -> bool:
        return isinstance(value, self.model) and not isinstance(value, (bytes, File))

    def check(self, value: object) -> None:
        """Raises TypeError for a value of another model, or with one in it."""
        if not isinstance(value, self.model):
            wanted, given = self.model.__name__, type(value).__name__
            raise TypeError(f"the body must be {wanted}, not {given}")
        try:
            self.adapter.validate_python(value, strict=True, by_name=True)
        except ValidationError as error:
            raise_foreign(error)


class Text(Content):
    """Text, read as the JSON type of its kind."""

    usual = "text/plain"

    def __init__(self, type: Any = str, kind: Kind = "string") -> None:
        self.json = Json(type)
        self.kind = kind

    @property
    def is_ever_empty(self) -> bool:
        return self.kind == "string"

    def suits(self, value: object) -> bool:
        return not isinstance(value, (bytes, File, BaseModel, dict, list))

    def read(self, body: bytes, content_type: str = "text/plain") -> Any:
        return self.json.read(as_json(decoded(body, content_type), self.kind).encode())

    def write(self, value: object) -> bytes:
        if isinstance(value, str):
            return value.encode()
        plain = self.json.adapter.dump_python(value, mode="json", warnings="error")
        return (plain if isinstance(plain, str) else json.dumps(plain)).encode()


class Binary(Content):
    """Bytes as they are."""

    is_ever_empty = True

    def suits(self, value: object) -> bool:
        return isinstance(value, (bytes, File))

    def read(self, body: bytes, content_type: str = "") -> bytes:
        return body

    def write(self, value: object) -> bytes:
        content = value.content if isinstance(value, File) else value
        if not isinstance(content, bytes):
            raise TypeError(f"a binary body is bytes, not {type(value).__name__}")
        return content


def is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    """Whether a type is the class of an object."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def parts_of(kind: object) -> Iterator[object]:
    """A type, and all that it is made of as far as models."""
    waiting, seen = [kind], list[object]()
    while waiting:
        one = waiting.pop()
        if not any(one is other for other in seen):
            seen.append(one)
            yield one
            waiting += [getattr(one, "__value__", None), *get_args(one)]


def raise_foreign(error: ValidationError) -> None:
    """Raises TypeError where one model stands in another's place: its writer would make `{}` of it."""
    for one in error.errors(include_url=False, include_context=True):
        given = one["input"]
        if one["type"] == "model_type" and isinstance(given, BaseModel):
            wanted = one.get("ctx", {}).get("class_name")
            place = "".join(f"/{part}" for part in one["loc"])
            raise TypeError(f"{place} must be {wanted}, not {type(given).__name__}")


def parsed(text: str | bytes) -> Any:
    """The plain value of a JSON text; None for one that is broken."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def refuse_constants(body: bytes) -> None:
    """Raises the 400 for NaN and infinite numbers, which pydantic takes for JSON where anything may be."""
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise HttpProblem(400, "The body is not JSON", str(error)) from None


def raise_broken(error: ValidationError) -> None:
    """Raises the 400 for a text that is no JSON at all, with where it breaks."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid" and not first["loc"]:
        detail = str(first.get("ctx", {}).get("error", first["msg"]))
        raise HttpProblem(400, "The body is not JSON", detail) from None


def decoded(body: bytes, content_type: str) -> str:
    """The text of a body in the charset its content type names."""
    charset = charset_of(content_type)
    try:
        return body.decode(charset)
    except UnicodeError:
        raise HttpProblem(400, detail=f"The body is not {charset} text") from None
    except (LookupError, ValueError):
        raise HttpProblem(415, detail=f"The charset {charset} is not known") from None
