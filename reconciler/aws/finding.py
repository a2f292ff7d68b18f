"""What a create step finds of its resource: made by an earlier try of ours, or by nobody.

Reads that a write of this run may not show yet are patient here; the first look at a thing is
not, for nothing of ours has been written. Only a resource without a name is looked for at
length before it is made: AWS would refuse nobody a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.aws import lag
from reconciler.aws.ending import foreign
from reconciler.aws.errors import INCOMPLETE, AwsError, Gone, Rejected
from reconciler.aws.fresh import Fresh, Patience
from reconciler.aws.outcomes import Meaning, meaning
from reconciler.aws.outputs import Outputs
from reconciler.aws.recheck import planned_key
from reconciler.aws.rosters import Rosters
from reconciler.aws.search import is_searched, search
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single, read_tags
from reconciler.model.change import Observed
from reconciler.model.event import Sink
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.value import Json, Props, canonical
from reconciler.plan.diff import compare
from reconciler.resources.api import Place, Resource
from reconciler.resources.generic import IDENTIFIER, PRIMARY

NOT_SHOWN = "not shown yet"
Answers = dict[tuple[str, bytes], Mapping[str, Json]]


class Again(ReadOnly):
    """A reader for several looks: what one thing has said of itself is not asked again.

    An answer in which all is empty may be one from before its tags were shown.
    """

    def __init__(self, session: Session, service: str, told: Answers) -> None:
        super().__init__(session, service)
        self._told = told

    def maybe(self, method: str, params: Props, unset: frozenset[str]) -> Mapping[str, Json] | None:
        """One read of one thing; nothing when AWS answers one of the `unset` codes."""
        asked = (method, canonical(params))
        if asked in self._told:
            return self._told[asked]
        answer = super().maybe(method, params, unset)
        if answer and any(answer.values()):
            self._told[asked] = answer
        return answer


class Finder:
    """Looks for what steps make."""

    def __init__(
        self, session: Session, place: Place, sink: Sink, outputs: Outputs, fresh: Fresh
    ) -> None:
        self.session = session
        self.place = place
        self.sink = sink
        self.outputs = outputs
        self.fresh = fresh
        self.single = Single(session, place)
        self.rosters = Rosters(session, place, fresh)
        self.began = session.clock.now()
        """What an earlier run made, it made before."""

    def patience(self, step: Step) -> Patience:
        """Growing pauses for one thing that is waited for."""
        return Patience(self.session, self.sink, step)

    def soon(self, seconds: float) -> float:
        """So many seconds from now."""
        return self.session.clock.now() + seconds

    # -- reading

    def read(
        self,
        step: Step,
        resource: Resource,
        wanted: Iterable[str] | None,
        *,
        tags: Mapping[str, str] | None = None,
        key: Props | None = None,
    ) -> Observed | None:
        """One look. Where a policy, role or tag that we have just changed refuses it, later.

        Raises:
            AwsError: its state could not be found out.
        """
        patience = self.patience(step)
        while True:
            try:
                return self.single.read(resource, step.address, wanted, tags=tags, key=key)
            except AwsError as error:
                until = self._until(step, resource, error)
                if not patience.waits(until, f"{error.code}: {NOT_SHOWN}"):
                    raise

    def removable(self, step: Step, resource: Resource) -> Observed | None:
        """What is to be deleted, by a listing and by its own tags, which are read for it alone.

        Nothing where that does not say all, or could not be read: then it is looked at by itself.
        """
        seen = self.rosters.removable(step.address, resource)
        if seen is None or seen.tags is not None:
            return seen
        try:
            return self.with_tags(step, resource, seen)
        except AwsError:
            return None

    def with_tags(self, step: Step, resource: Resource, live: Observed) -> Observed:
        """What is live with the tags that its own service shows.

        Raises:
            AwsError: they could not be read.
        """
        if resource.tags is None or resource.tags.inside:
            return live
        slots = self.single.slots(resource, step.address.name, live.outputs)
        patience = self.patience(step)
        while True:
            reader = ReadOnly(self.session, resource.service, resource.absent)
            try:
                return replace(live, tags=read_tags(reader, resource.tags, slots))
            except AwsError as error:
                until = self._until(step, resource, error)
                if not patience.waits(until, f"{error.code}: {NOT_SHOWN}"):
                    raise

    def _until(self, step: Step, resource: Resource, error: AwsError) -> float:
        """Until when a failure to read may come of what was just written."""
        if lag.forbidden(error):
            return self.fresh.rights(step, None, error.message)
        gone = error.code == INCOMPLETE or isinstance(error, Gone)
        return self.shown_by(step) if gone or lag.unseen(error, resource) else 0.0

    def shown_by(self, step: Step) -> float:
        """Until when a look may be older than what was just written, by whichever run."""
        self.fresh.recall()
        return self.fresh.shows(step.address)

    def look(self, step: Step, resource: Resource) -> Observed | None:
        """The resource as it is, by its name or by the id that its creation gave."""
        return self.read(step, resource, step.desired, key=self.key(step, resource))

    def key(self, step: Step, resource: Resource) -> Props | None:
        """Address a resource by the id that its own create call gave, where it has no name yet."""
        if resource.generic:
            return self._generic_key(step, resource)
        arn = self.outputs.of(step.address).get("Arn")
        known = resource.found_by_tag and arn and not step.id.endswith(SUFFIX)
        return {next(iter(resource.read.params)): arn} if known else None

    def _generic_key(self, step: Step, resource: Resource) -> Props | None:
        """By what AWS has named while it was made, by what its plan names, or by properties."""
        if found := planned_key(step, resource):
            return found
        if (known := self.outputs.of(step.address).get(PRIMARY)) and not step.id.endswith(SUFFIX):
            return {"TypeName": resource.type, IDENTIFIER: known}
        desired = self.outputs.resolved(step.desired, partly=True)
        return resource.generic.key(desired) if resource.generic else None

    def sought(self, step: Step, resource: Resource) -> Observed | None:
        """What is there, named by AWS, by us, or by nobody."""
        return self.look(step, resource) or self._once(step, resource)

    # -- what is there before

    def before(self, step: Step, resource: Resource) -> Observed | None:
        """What is there before it is made. What we have just deleted may still be shown."""
        searched = is_searched(resource)
        look = self._once if searched else self.look
        if not (resource.upsert or searched):
            return None
        if resource.generic and not resource.upsert:
            return self._not_under_way(step, resource)
        if resource.find is None and self.rosters.lacks(step.address, resource):
            return None
        patience = self.patience(step)
        if there := look(step, resource):
            self.fresh.recall()
        while there and patience.waits(self.fresh.gone(step.address), "deleted, and still shown"):
            there = look(step, resource)
        if there is None and searched:
            return self._for_long(step, resource)
        return there

    def _once(self, step: Step, resource: Resource, told: Answers | None = None) -> Observed | None:
        """What an earlier try made, named or not, where AWS chose its id.

        `told` is what single things have said of themselves at the looks before.
        """
        if not is_searched(resource):
            return None
        desired = self.outputs.resolved(step.desired, partly=True)
        reader = Again(self.session, resource.service, {} if told is None else told)
        key = search(self.session, resource, desired, reader)
        return self.single.read(resource, step.address, step.desired, key=key)

    def _not_under_way(self, step: Step, resource: Resource) -> Observed | None:
        """Look for it, once what somebody is making has an identifier: it may be this one.

        Raises:
            AwsError: it could not be found out.
        """
        operation, patience = resource.operation, self.patience(step)
        seconds = operation.timeout.get(resource.create.method, 0.0) if operation else 0.0
        until = self.soon(seconds)
        while True:
            try:
                return self._once(step, resource)
            except AwsError as error:
                if error.code != INCOMPLETE or not patience.waits(until, str(error)):
                    raise

    def _for_long(self, step: Step, resource: Resource) -> Observed | None:
        """Look for it until an interrupted run's creation would be shown.

        It was made before this run began, so several steps wait for the same moment. Only listings
        are asked again and again: what they have is foreign once it has said so.

        Raises:
            AwsError: it could not be found out.
        """
        least = self.began + lag.UNNAMED.seconds
        most = self.soon(lag.budget(lag.SHOWS, resource.service))
        patience, unread, told = self.patience(step), None, Answers()
        while patience.waits(most if unread else least, "looking for an earlier one"):
            unread = None
            try:
                if there := self._once(step, resource, told):
                    return there
            except AwsError as error:
                if error.code != INCOMPLETE:
                    raise
                unread = error  # it is there, and cannot be read yet
        if unread:
            raise unread
        return None

    # -- what turned out to be there

    def made(self, step: Step, resource: Resource, error: AwsError) -> Observed | None:
        """What is there after the create call was refused, or its reply was lost.

        Nothing where there is nothing. What AWS says that it has, it may not show yet.
        """
        refused = isinstance(error, Rejected)
        look = self.look if refused or not is_searched(resource) else self._once
        if resource.generic:
            look = self.sought
        seconds = lag.budget(lag.SHOWS, resource.service) if lag.exists(error) else 0.0
        if not refused:
            seconds = lag.UNNAMED.seconds
        patience, until = self.patience(step), self.soon(seconds)
        while True:
            try:
                there = look(step, resource)
            except AwsError as unread:
                if unread.code != INCOMPLETE or not patience.waits(until, NOT_SHOWN):
                    raise
                continue
            if there or not patience.waits(until, NOT_SHOWN):
                return there

    def ours(
        self,
        step: Step,
        there: Observed,
        resource: Resource,
        error: AwsError | None = None,
    ) -> Observed:
        """What an earlier try of ours made; without any tag its tags may not be shown yet.

        Raises:
            StepError: it is somebody else's, or made otherwise.
        """
        if error and error.ended and not there.tags and meaning(error.code) is not Meaning.EXISTS:
            return there  # a name that was taken would have been refused: this is what we half made
        if error and resource.generic and resource.tags is None:
            desired = self.outputs.resolved(step.desired, partly=True)
            if not compare(step.address, desired, there, resource).fields:
                return there  # after a try of ours: all that was asked for, and no tags to ask
        patience = self.patience(step)
        until = self.soon(lag.budget(lag.SHOWS, resource.service))
        while refused := foreign(step, there, resource, self.place, error):
            if there.tags or not patience.waits(until, "its tags are not shown yet"):
                raise refused
            look = self._once if is_searched(resource) else self.look
            there = look(step, resource) or there
        return there
