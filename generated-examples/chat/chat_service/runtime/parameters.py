"""The parameters of an operation: where each stands, how it is laid out, what it must be."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from .kinds import Kind, Raw, as_json, is_list, item_kind, speller
from .sources import Sources
from .styles import field_text, in_fields, in_header, in_path, segment_text

T = TypeVar("T")


class Missing(Exception):
    """A required parameter is not there."""


class Parameter(ABC, Generic[T]):
    """One parameter; `type` is what pydantic validates, `kind` how its text is spelled.

    With `content` its text is that media type (JSON) instead of a style.
    """

    place: ClassVar[str]
    style: str = "simple"

    def __init__(
        self,
        name: str,
        type: Any,
        *,
        kind: Kind = "string",
        required: bool = False,
        style: str | None = None,
        explode: bool | None = None,
        content: str | None = None,
        default: object = None,
    ) -> None:
        self.name = name
        self.type = type
        self.kind = kind
        self.required = required
        self.style = style or self.style
        self.explode = (
            self.style in ("form", "cookie") if explode is None else bool(explode)
        )
        self.content = content
        self.default = default

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.type)

    @cached_property
    def validate(self) -> Callable[..., Any]:
        """The adapter's `validate_json` without its layer of arguments."""
        found: Callable[..., Any] = self.adapter.validator.validate_json
        return found

    def read(self, sources: Sources) -> T:
        """The value; raises Missing, Malformed or ValidationError."""
        text = self.json(sources)
        if text is None:
            return self.absent()
        try:
            value: T = self.validate(text, strict=True, by_alias=True, by_name=False)
            return value
        except ValidationError as error:
            if text != "[]" or self.content is not None:
                raise
            return self.one_empty_text(error)

    def one_empty_text(self, error: ValidationError) -> T:
        """The list of one empty text, written like the empty list, where only that one fits."""
        try:
            value: T = self.validate('[""]', strict=True)
        except ValidationError:
            raise error from None
        return value

    def json(self, sources: Sources) -> str | None:
        """The JSON text of what was sent; None where nothing was."""
        if self.content is not None:
            return self.plain(sources)
        raw = self.raw(sources)
        return None if raw is None else as_json(raw, self.kind)

    def absent(self) -> T:
        if self.required:
            raise Missing
        return cast(T, self.default)

    @abstractmethod
    def raw(self, sources: Sources) -> Raw | None:
        """What the style finds; None where nothing was sent."""

    @abstractmethod
    def plain(self, sources: Sources) -> str | None:
        """The whole text, decoded."""


class Path(Parameter[T]):
    """A part of the path; always required."""

    place = "path"

    def __init__(self, name: str, type: Any, **options: Any) -> None:
        super().__init__(name, type, **{**options, "required": True})
        is_word = self.style == "simple" and self.content is None
        self.spell = (
            speller(self.kind) if is_word and isinstance(self.kind, str) else None
        )
        """Of a part that is one text, which most are."""

    def json(self, sources: Sources) -> str | None:
        if self.spell is None:
            return super().json(sources)
        text = sources.path[self.name]
        return self.spell(segment_text(text) if "%" in text else text)

    def raw(self, sources: Sources) -> Raw | None:
        text = sources.path[self.name]
        return in_path(text, self.name, self.kind, self.style, self.explode)

    def plain(self, sources: Sources) -> str | None:
        return segment_text(sources.path[self.name])


class Query(Parameter[T]):
    """A field of the query.

    `besides` names the other fields, for an exploded object with free names.
    """

    place = "query"
    style = "form"

    def __init__(
        self, name: str, type: Any, *, besides: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(name, type, **options)
        self.besides = tuple(besides)
        self.is_list = self.explode and is_list(self.kind)
        word = item_kind(self.kind) if self.is_list else self.kind
        is_word = self.style == "form" and self.content is None
        self.spell = speller(word) if is_word and isinstance(word, str) else None
        """Of fields that have one text each, which most do."""

    def json(self, sources: Sources) -> str | None:
        if self.spell is None:
            return super().json(sources)
        texts = sources.words.get(self.name)
        if texts is None:
            return None
        if self.is_list:
            return f"[{','.join(map(self.spell, texts))}]"
        return self.spell(texts[0]) if len(texts) == 1 else super().json(sources)

    def raw(self, sources: Sources) -> Raw | None:
        return in_fields(
            sources.fields,
            self.name,
            self.kind,
            self.style,
            self.explode,
            besides=self.besides,
        )

    def plain(self, sources: Sources) -> str | None:
        values = [value for key, value in sources.fields if key == self.name]
        return field_text(values[-1]) if values else None


class QueryString(Parameter[T]):
    """The whole query string as one value (OpenAPI 3.2)."""

    place = "querystring"
    style = "form"

    def raw(self, sources: Sources) -> Raw | None:
        return in_fields(sources.fields, "", self.kind, "form", True)

    def plain(self, sources: Sources) -> str | None:
        return segment_text(sources.query) or None


class Header(Parameter[T]):
    """A header; several lines of one name are one list."""

    place = "header"

    def __init__(self, name: str, type: Any, **options: Any) -> None:
        super().__init__(name, type, **options)
        self.is_coding = name.lower() == "content-encoding"

    def raw(self, sources: Sources) -> Raw | None:
        text = self.plain(sources)
        return None if text is None else in_header(text, self.kind, self.explode)

    def plain(self, sources: Sources) -> str | None:
        sources.tells_coding |= self.is_coding
        return sources.header(self.name)


class Cookie(Parameter[T]):
    """A cookie; `besides` names the others, as those of a query are named."""

    place = "cookie"
    style = "form"

    def __init__(
        self, name: str, type: Any, *, besides: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(name, type, **options)
        self.besides = tuple(besides)

    def raw(self, sources: Sources) -> Raw | None:
        decode = str if self.style == "cookie" else segment_text
        return in_fields(
            sources.cookies,
            self.name,
            self.kind,
            self.style,
            self.explode,
            besides=self.besides,
            decode=decode,
        )

    def plain(self, sources: Sources) -> str | None:
        values = [value for key, value in sources.cookies if key == self.name]
        return segment_text(values[-1]) if values else None
