"""Bodies in another format than JSON, as the service's other side reads and writes them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .bodies import Json
from .codec import Codec
from .exchange import Response


@dataclass(frozen=True)
class Encoded(Json):
    """What a codec reads and writes."""

    codec: Codec = field(kw_only=True)

    def encode(self, value: object, media_type: str) -> tuple[bytes, str]:
        dumped = self.adapter.dump_python(
            value, mode=self.codec.mode, by_alias=True, warnings=False
        )
        return self.codec.encode(dumped), media_type

    def decode(self, response: Response) -> object:
        text = self.legible(response.content)
        return self.adapter.validate_json(text, by_alias=True, by_name=False)

    def legible(self, body: bytes) -> bytes:
        return self.codec.decode(body)

    def rewritten(self, text: bytes) -> bytes:
        value = self.adapter.validate_json(text, by_alias=True, by_name=False)
        return self.encode(value, "")[0]
