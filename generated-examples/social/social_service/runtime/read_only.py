"""Properties that a response has and a request has not."""

from __future__ import annotations

from typing import Annotated

from pydantic import MISSING, PlainValidator

ReadOnly = Annotated[MISSING, PlainValidator(lambda _: MISSING)]
"""What a request says of it is not read, so that callers may send back what they were given."""
