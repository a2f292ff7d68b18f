"""Finding again what was made and has no name of ours: by its tags, or by what was asked for. Pure.

What AWS lists may be a part of a resource, or its identifier alone, so nothing is compared with an
entry; one that may be meant is read. Reads are the reader's. Sources: Cloud Control user guide,
"Discovering resources"; botocore's model, ListResourceRequests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from reconciler.facts import Facts
from reconciler.model.value import Join, Json, Mark, Props, Ref, canonical, leaves
from reconciler.resources.answers import codes
from reconciler.resources.cloudcontrol import events
from reconciler.resources.cloudcontrol.compare import Comparison
from reconciler.resources.cloudcontrol.document import TAGS, parsed, tags_of
from reconciler.resources.cloudcontrol.identity import Identity
from reconciler.resources.cloudcontrol.paths import value
from reconciler.resources.generic import IDENTIFIER, Ambiguous, Underway
from reconciler.resources.parts import Reader

NOT_THERE = codes("NotFound", "ResourceNotFound", "ResourceNotFoundException")
NOT_IT = NOT_THERE | codes("InvalidRequestException", "ValidationException")
"""Also what AWS says to an identifier that was guessed from an ARN."""
OWN = "moorline:"
SHOWS = 120.0
"""Seconds in which a resource may not be shown by reads; see `aws.lag`, which has the sources."""
UNDER_WAY = ("PENDING", "IN_PROGRESS")
_QUEUE = re.compile(r"arn:([^:]+):sqs:([^:]+):([^:]+):([^:]+)")


def queue_url(arn: str) -> str:
    """The URL of a queue, which is how AWS's handlers call it; "" for the ARN of anything else.

    Source: SQS developer guide, "Amazon SQS queue and message identifiers".
    """
    found = _QUEUE.fullmatch(arn)
    if found is None:
        return ""
    partition, region, account, name = found.groups()
    domain = {"aws-cn": "amazonaws.com.cn"}.get(partition, "amazonaws.com")
    return f"https://sqs.{region}.{domain}/{account}/{name}"


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for resources of one type."""

    facts: Facts
    identity: Identity
    comparison: Comparison
    by: tuple[str, ...] = ()
    """What a listing may be told besides: without it AWS leaves out what is below one of these."""
    tells: tuple[str, ...] = ()
    """Properties by which one is told besides: those that no two have in common where it is."""

    @property
    def parents(self) -> tuple[str, ...] | None:
        """What a listing must be told; nothing where the type cannot be listed."""
        handler = self.facts.handlers.get("list")
        if handler is None or "list" not in self.facts.can:
            return None
        schema = handler.parent or {}
        return tuple(schema.get("required", ()))

    @property
    def by_tag(self) -> bool:
        """Whether its own tags say whose it is."""
        tagging = self.facts.tagging
        return bool(tagging and tagging.taggable and tagging.property not in self.facts.write_only)

    @property
    def way(self) -> str:
        """What tells it from others: ``name``, ``tags``, ``listing`` or ``nothing``."""
        if self.identity.chosen:
            return "name"
        if self.by_tag:
            return "tags"
        return "listing" if self.parents is not None and self._tells else "nothing"

    @property
    def _tells(self) -> bool:
        """Whether a property that cannot change, or is its name, can be read."""
        tops = {path[0] for path in self.facts.create_only if len(path) == 1}
        tops |= {self.identity.name, *self.tells} - {""}
        return any(not self.comparison.hidden((name,)) for name in tops)

    def key(self, props: Props) -> Props | None:
        """How to read what these properties name; nothing where AWS chooses a part."""
        if not self.identity.chosen:
            return None
        found = self.identity.of(props)
        return None if found is None else self.at(str(found))

    def at(self, identifier: str) -> Props:
        """How to read what has an identifier."""
        return {"TypeName": self.facts.type, IDENTIFIER: identifier}

    def by_arn(self, arn: str) -> tuple[Props, ...]:
        """What an ARN may be the identifier of; each is a guess until it was read."""
        parts = self.identity.parts
        if len(parts) == 1:
            if parts[0][-1].lower().endswith("arn"):
                return (self.at(arn),)
            if url := queue_url(arn):
                return (self.at(url),)
            resource = arn.split(":", 5)[-1]
            ends = dict.fromkeys((resource.rpartition("/")[2], resource.rpartition(":")[2]))
            return tuple(self.at(end) for end in (*(e for e in ends if e), arn))
        segments = arn.split(":", 5)[-1].strip("/").replace(":", "/").split("/")
        named = segments[1::2] if len(segments) >= 2 * len(parts) else segments[-len(parts) :]
        ends2 = named[-len(parts) :]
        if len(ends2) < len(parts):
            return ()
        names = [".".join(part) for part in parts]
        orders = (ends2, ends2[::-1])
        return tuple(
            self.at(self.identity.written(dict(zip(names, order, strict=True)))) for order in orders
        )

    def seek(self, reader: Reader, props: Props, ours: frozenset[str], now: float) -> Props | None:
        """How to read what has these properties and was made before; `ours` are requests of ours.

        `now` is in seconds since the epoch.

        Raises:
            Ambiguous: several may be meant.
            Underway: somebody is making one that may be it.
        """
        if (key := self.key(props)) is not None:
            return key
        if (self.identity.chosen and not self.by_tag) or self._unknown(props):
            return None  # what it is part of does not exist yet
        found = dict.fromkeys(self._requested(reader, props, ours, now))
        if not found and self.parents is not None:
            found = dict.fromkeys(self._listed(reader, props))
        if len(found) > 1:
            raise Ambiguous(self.facts.type, tuple(found))
        return next((self.at(each) for each in found), None)

    def proves(self, props: Props) -> bool:
        """Whether a listing of what these properties name has all that may be meant."""
        if self.way == "nothing" or self.parents is None or self._unknown(props):
            return False
        tells = self.by_tag or bool(self._natural(props))
        return tells and self._asked(props) is not None

    def _unknown(self, props: Props) -> bool:
        needed = [part for part in self.identity.parts if part not in self.identity.made]
        needed += [(name,) for name in (*(self.parents or ()), *self.by)]
        marks = Ref | Join | Mark
        return any(
            isinstance(leaf, marks) for each in needed for leaf in leaves(value(props, each))
        )

    # -- requests that were begun before

    def _requested(
        self, reader: Reader, props: Props, ours: frozenset[str], now: float
    ) -> Iterator[str]:
        """Identifiers of what was asked for in the last seven days and is what is looked for."""
        which = {"Operations": ["CREATE", "DELETE"]}
        asked = {"ResourceRequestStatusFilter": which, "MaxResults": 100}
        found_all = reader.pages(events.REQUESTS, asked, "ResourceRequestStatusSummaries")
        mine = [event for event in found_all if event.get("TypeName") == self.facts.type]
        for event in mine:
            made = event.get("Operation", "CREATE") == "CREATE"
            if not made or event.get("RequestToken") in ours or _went(event, mine):
                continue
            identifier, token = event.get(IDENTIFIER), str(event.get("RequestToken"))
            if event.get("OperationStatus") in UNDER_WAY and not identifier:
                raise Underway(self.facts.type, token)
            found = self._is_it(reader, str(identifier), props) if identifier else False
            if found is None and _is_new(event, now):
                raise Underway(self.facts.type, token)
            if found:
                yield str(identifier)

    # -- listing

    def _listed(self, reader: Reader, props: Props) -> Iterator[str]:
        wanted = self._asked(props)
        if wanted is None:
            return
        asked: dict[str, Json] = {"TypeName": self.facts.type}
        if wanted:
            asked["ResourceModel"] = orjson.dumps(wanted).decode()
        for item in reader.pages(events.LIST, asked, "ResourceDescriptions"):
            identifier = str(item[IDENTIFIER])
            told = parsed(item.get("Properties")) or {}
            if not self._may_be(told, props):
                continue
            if self._is_it(reader, identifier, props):
                yield identifier

    def _asked(self, props: Props) -> dict[str, Json] | None:
        """What its listing is told; nothing where less is known than AWS asks for."""
        parents = self.parents or ()
        wanted = {name: props[name] for name in (*parents, *self.by) if props.get(name)}
        handler = self.facts.handlers.get("list")
        ways = ((handler and handler.parent) or {}).get("oneOf") or ({"required": parents},)
        enough = any({*parents, *each.get("required", ())} <= wanted.keys() for each in ways)
        return wanted if enough else None

    def _may_be(self, told: Props, props: Props) -> bool:
        """Whether an entry does not say that it is another one."""
        tags = tags_of(told, self.facts) or {}
        if tags and self.by_tag:
            return self._ours(tags, props) or self._takes(told, props)
        known = {key: item for key, item in self._natural(props).items() if key in told}
        return not self.comparison.judge(known, told).differences

    def _is_it(self, reader: Reader, identifier: str, props: Props) -> bool | None:
        """Whether it is what is looked for; nothing where AWS does not find it, or its tags yet."""
        answer = reader.maybe(events.READ, self.at(identifier), NOT_IT)
        model = parsed((answer or {}).get("ResourceDescription", {}).get("Properties"))
        if model is None:
            return None
        if self.by_tag:
            tags = tags_of(model, self.facts) or {}
            later = self.facts.tagging and not self.facts.tagging.on_create
            if later and not tags:
                return None
            return self._ours(tags, props) or self._takes(model, props)
        judged = self.comparison.judge(self._natural(props), model)
        return not judged.differences

    def _ours(self, tags: Mapping[str, str], props: Props) -> bool:
        own = {tag["Key"]: tag["Value"] for tag in props.get(TAGS) or ()}
        mine = {key: item for key, item in own.items() if key.startswith(OWN)}
        return bool(mine) and mine.items() <= tags.items()

    def _takes(self, model: Props, props: Props) -> bool:
        """Whether it has what no two have in common, whoever made it: AWS makes no second one."""
        return bool(self.tells) and all(
            name in props and model.get(name) == props[name] for name in self.tells
        )

    def _natural(self, props: Props) -> Props:
        """What of the declared properties tells one from another: its name, and what cannot change.

        What AWS never shows tells nothing.
        """
        tops = {path[0] for path in self.facts.create_only if len(path) == 1}
        tops |= {self.identity.name, *self.tells} - {""}
        return {
            key: item
            for key, item in props.items()
            if key in tops and key != TAGS and not self.comparison.hidden((key,))
        }

    def lacks(self, props: Props) -> tuple[str, ...]:
        """What would have to be declared for it to be found again."""
        if self.way in {"tags", "nothing"}:
            return ()
        if self.identity.chosen:
            return self.identity.lacks(props)
        missing = tuple(name for name in self.parents or () if not props.get(name))
        if missing or self._natural(props):
            return missing
        tops = sorted(path[0] for path in self.facts.create_only if len(path) == 1)
        return tuple(name for name in tops if not self.comparison.hidden((name,)))

    def mark(self, props: Props) -> str:
        """What two of one type must not share; "" where something else tells them apart."""
        if self.way != "listing":
            return ""
        return canonical(self._natural(props)).decode()


def _went(event: Props, events_: Sequence[Props]) -> bool:
    """Whether what a request made was deleted by a later one."""
    identifier, at = event.get(IDENTIFIER), event.get("EventTime")
    return any(
        each.get("Operation") == "DELETE"
        and each.get("OperationStatus") == "SUCCESS"
        and identifier == each.get(IDENTIFIER)
        and isinstance(at, datetime)
        and isinstance(each.get("EventTime"), datetime)
        and each["EventTime"] >= at
        for each in events_
        if identifier
    )


def _is_new(event: Props, now: float) -> bool:
    """Whether AWS has just made it, so that it may not be shown yet."""
    at = event.get("EventTime")
    done = event.get("OperationStatus") in {"SUCCESS", *UNDER_WAY}
    return done and isinstance(at, datetime) and now - at.timestamp() < SHOWS
