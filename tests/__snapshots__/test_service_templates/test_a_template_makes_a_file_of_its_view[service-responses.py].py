"""What the operations answer: a class for each declared response."""

from __future__ import annotations

from .runtime.replies import Reply


class Play204(Reply):
    """Played."""

    status_code = 204

    def __init__(self) -> None:
        super().__init__()
