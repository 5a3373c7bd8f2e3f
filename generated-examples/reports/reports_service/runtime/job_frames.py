"""The frames of the job socket: what a caller may say, and what it is told (WIRE: WebSocket)."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from .job_document import event_name
from .jobs import JobRecord
from .problem import HttpProblem
from .problem import document as problem_document
from .status import done

Ref = Annotated[str, Field(max_length=200)]
Id = Annotated[str, Field(min_length=1, max_length=200)]


class Command(BaseModel):
    """What every command may have: `ref` comes back with its answer."""

    model_config = ConfigDict(frozen=True, strict=True)

    ref: Ref | None = None


class Subscribe(Command):
    """Tell the events of a job, those after a version; a ticket opens a job that is not one's own."""

    type: Literal["subscribe"]
    id: Id
    after: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    ticket: Ref | None = None


class Unsubscribe(Command):
    """Tell no more of a job."""

    type: Literal["unsubscribe"]
    id: Id


class Cancel(Command):
    """Stop a job, as POST /jobs/{id}/cancel does."""

    type: Literal["cancel"]
    id: Id


class Ping(Command):
    """Show that you are there."""

    type: Literal["ping"]


AnyCommand = Subscribe | Unsubscribe | Cancel | Ping
COMMANDS: TypeAdapter[AnyCommand] = TypeAdapter(
    Annotated[AnyCommand, Field(discriminator="type")]
)


def command_of(frame: str | bytes) -> AnyCommand:
    """The command of a frame; raises HttpProblem 400."""
    try:
        return COMMANDS.validate_json(frame)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "/".join(str(part) for part in first["loc"])
        detail = f"{where}: {first['msg']}" if where else first["msg"]
        raise HttpProblem(400, "The frame is no command", detail) from None


def acknowledgement(command: AnyCommand, job: JobRecord | None = None) -> str:
    """The command was carried out; `job` is how its job stands."""
    state = (
        {}
        if job is None
        else {
            "status": str(job.status),
            "version": job.version,
            "done": done(job.status),
        }
    )
    return written({"type": "ack", **about(command), **state})


def refusal(problem: HttpProblem, command: AnyCommand | None = None) -> str:
    """The command was not carried out, and why."""
    told = problem_document(
        problem.status, problem.title, problem.detail, **problem.members
    )
    return written({"type": "error", **about(command), "problem": told})


def event(job: JobRecord, document: dict[str, object], name: str | None = None) -> str:
    """A job has changed, or this is how it stands."""
    return written(
        {
            "type": "event",
            "id": job.id,
            "version": job.version,
            "event": name or event_name(job),
            "data": document,
        }
    )


def about(command: AnyCommand | None) -> dict[str, object]:
    """Which command an answer is to."""
    if command is None:
        return {}
    id = getattr(command, "id", None)
    return {
        "of": command.type,
        **({} if id is None else {"id": id}),
        **({} if command.ref is None else {"ref": command.ref}),
    }


def written(members: dict[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))
