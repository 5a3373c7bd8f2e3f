"""What must hold beyond a document's shape: one function for each rule, all of them collected."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.model import Api
from generator.problems import Problem
from generator.rules import (
    bindings,
    bodies,
    callbacks,
    carriers,
    channels,
    exchanges,
    fields,
    messages,
    names,
    operations,
    schemas,
    security,
    servers,
    values,
)

Rule = Callable[[Api], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    operations.same_path,
    operations.queried_path,
    operations.path_parameters,
    operations.duplicate_parameters,
    fields.shared,
    operations.single_content,
    names.given,
    operations.async_result,
    operations.own_202,
    operations.async_stream,
    operations.mixed_streams,
    operations.success,
    operations.webhook_names,
    operations.unfit_webhooks,
    operations.links,
    bodies.part_headers,
    bodies.xml,
    security.known_schemes,
    security.scopes,
    security.crowded,
    callbacks.expressions,
    callbacks.untold_failures,
    schemas.endless,
    schemas.hollow,
    schemas.discriminators,
    schemas.required,
    values.fitting,
    servers.undeclared,
    servers.unused,
    servers.defaults,
    servers.protocols,
    servers.mixed,
    channels.undeclared,
    channels.unused,
    channels.repeated,
    channels.addresses,
    channels.unaddressed,
    channels.same_address,
    channels.parameter_values,
    channels.locations,
    channels.idle,
    channels.message_names,
    messages.examples,
    messages.headers,
    messages.correlations,
    messages.content_types,
    messages.schema_ids,
    messages.untyped,
    exchanges.marked_send,
    exchanges.auto,
    exchanges.untold,
    exchanges.webhook_names,
    exchanges.reply_addresses,
    exchanges.reply_locations,
    exchanges.unanswered,
    exchanges.echoes,
    exchanges.scopes,
    bindings.ignored,
    bindings.streams,
    bindings.groups,
    bindings.idle,
    bindings.methods,
    carriers.one_operation,
)


def meaning(api: Api) -> list[Problem]:
    """Everything wrong with what an API says, each problem once, by rule."""
    found = (problem for rule in RULES for problem in rule(api))
    return list(dict.fromkeys(found))
