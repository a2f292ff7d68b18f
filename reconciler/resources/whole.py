"""What a whole answer of AWS has, and what of it is missing in one that came. Pure.

An answer that arrived with status 200 may still be none: emptied, cut, or another resource's. What
is not whole is not known: neither absent nor different. Members that a live resource may lack are
not named here, and botocore's `required` is no guide: it marks nothing for most reads, and one
member that real answers lack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from reconciler.model.value import Json, Props

NOTHING: tuple[Json, ...] = (None, "", [], {}, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What one call answers, whatever it is asked. Paths are dotted."""

    has: frozenset[str] = frozenset()
    """Members that every answer has, with something in them."""
    policies: frozenset[str] = frozenset()
    """Members that hold an IAM policy, which has statements; of an answer that may be any text."""
    one_of: tuple[str, ...] = ()
    """Members of which every answer has at least one."""
    same: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Whose answer it is: a parameter, and the members of which one repeats its value."""
    items: str = ""
    """The list that every page has, though nothing may be in it."""
    each: frozenset[str] = frozenset()
    """Members that every item has, with something in them."""
    each_same: Mapping[str, str] = field(default_factory=dict)
    """Whose items they are: a parameter, and the member that repeats (one of) its values."""
    tally: str = ""
    """How many items a page says that it has."""
    about: Callable[[Props, Mapping[str, Json]], str] | None = None
    """What else is wrong with an answer to a request, as the end of a sentence; "" when nothing."""
    empty: str = ""
    """Why nothing at all is a whole answer too, with the source."""
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Members that say one of these words; what another one means nobody knows."""
    failed: tuple[str, ...] = ()
    """Members, with something in them, that say that a request was refused though it was answered
    with success; those that AWS's services name alike are known, see `refusal`."""

    def __or__(self, other: Whole) -> Whole:
        """What both say of one call, which serves two purposes."""
        return Whole(
            has=self.has | other.has,
            policies=self.policies | other.policies,
            one_of=self.one_of or other.one_of,
            same={**self.same, **other.same},
            items=self.items or other.items,
            each=self.each | other.each,
            each_same={**self.each_same, **other.each_same},
            tally=self.tally or other.tally,
            about=self.about or other.about,
            empty=self.empty or other.empty,
            words={**self.words, **other.words},
            failed=self.failed or other.failed,
        )


def members(*paths: str) -> frozenset[str]:
    """Members that belong together."""
    return frozenset(paths)


def fault(whole: Whole, params: Props, answer: Mapping[str, Json]) -> str:
    """What an answer to a request lacks, as the end of a sentence; "" when it is whole."""
    return next(_faults(whole, params, answer), "")


def _faults(whole: Whole, params: Props, answer: Mapping[str, Json]) -> Iterator[str]:
    if not answer and whole.empty:
        return
    if inside := _failures(answer, whole.failed):
        yield f"it says 200 and has failures in {inside!r}"
    yield from _members(whole, answer)
    if whole.one_of and all(at(answer, path) in NOTHING for path in whole.one_of):
        yield f"it has none of {', '.join(map(repr, whole.one_of))}"
    for param, paths in whole.same.items():
        asked = at(params, param)
        if asked is not None and not _named(asked, [at(answer, path) for path in paths]):
            yield f"it is not about {asked!r}"
    if whole.items:
        yield from _pages(whole, params, answer)
    if whole.about and (how := whole.about(params, answer)):
        yield how


def _members(whole: Whole, answer: Mapping[str, Json]) -> Iterator[str]:
    for path in sorted(whole.has):
        if at(answer, path) in NOTHING:
            yield f"it lacks {path!r}"
    for path, known in sorted(whole.words.items()):
        if at(answer, path) not in known:
            yield f"{path!r} says {at(answer, path)!r}, of which nothing is known"
    for path in sorted(whole.policies):
        if not _is_policy(at(answer, path)):
            yield f"{path!r} is no policy"


def _pages(whole: Whole, params: Props, answer: Mapping[str, Json]) -> Iterator[str]:
    found = at(answer, whole.items)
    if not isinstance(found, list | tuple):
        if not (whole.tally and at(answer, whole.tally) == 0):
            yield f"it lacks the list {whole.items!r}"
        return
    if whole.tally and at(answer, whole.tally) != len(found):
        yield f"{whole.items!r} has {len(found)} items and {whole.tally!r} says another number"
    for item in found:
        for path in sorted(whole.each):
            if at(item, path) in NOTHING:
                yield f"an item of {whole.items!r} lacks {path!r}"
        for param, path in whole.each_same.items():
            if param in params and not _among(params[param], at(item, path)):
                yield f"an item of {whole.items!r} is not about {params[param]!r}"


def at(body: Json, path: str) -> Json:
    """The value at a dotted path; nothing where it ends early."""
    for key in path.split("."):
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body


def every(body: Json, path: str) -> list[Json]:
    """The values at a dotted path in which ``*`` stands for every item of a list."""
    found = [body]
    for key in path.split("."):
        if key == "*":
            found = [item for each in found if isinstance(each, list | tuple) for item in each]
        else:
            found = [each.get(key) for each in found if isinstance(each, Mapping)]
    return found


def empty(value: Json) -> bool:
    """Whether AWS takes it for not given."""
    return value is None or (isinstance(value, list | tuple | Mapping | str) and not value)


def _is_policy(value: Json) -> bool:
    try:
        found = orjson.loads(value) if isinstance(value, str | bytes) else value
    except ValueError:
        return False
    return isinstance(found, Mapping) and "Statement" in found


def _named(asked: Json, found: Iterable[Json]) -> bool:
    """Whether an answer is about what was asked for. An alias is not repeated by any answer.

    Names are compared without case, as SageMaker takes them (AWS_FACTS 0.1); an ARN that was
    asked for by its last part is the same thing.
    """
    text = str(asked).casefold()
    if text.startswith("alias/"):
        return True
    known = {str(each).casefold() for each in found if each is not None}
    return text in known or any(text.endswith(f"/{each}") for each in known)


def _among(asked: Json, found: Json) -> bool:
    wanted = asked if isinstance(asked, list | tuple) else (asked,)
    return any(_named(each, (found,)) for each in wanted)


_FAILED = {"FailedEntryCount", "FailedResourcesMap", "FailedEntries", "Errors", "Failures"}
_ENDS = ("ErrorMap", "ErrorEntries")
_STARTS = ("Unsuccessful", "Unprocessed")
"""How AWS's services name what did not succeed inside an answer of success."""


def _failures(answer: Mapping[str, Json], declared: Iterable[str] = ()) -> str:
    for name in declared:
        if at(answer, name) not in (0, *NOTHING):
            return name
    for name, value in answer.items():
        named = name in _FAILED or name.endswith(_ENDS) or name.startswith(_STARTS)
        if named and value not in (0, *NOTHING):
            return name
    return ""


_CODES = ("ErrorCode", "Code", "errorCode", "code", "ExceptionCode", "FailureCode", "StatusCode")
_MESSAGES = ("ErrorMessage", "Message", "errorMessage", "message", "FailureReason", "reason")


def refusal(whole: Whole | None, answer: Mapping[str, Json]) -> tuple[str, str] | None:
    """Code and message of what a request answered with success has not done; nothing if all was.

    Entries have them in themselves, in a member such as `Error`, or under their own names in a
    map; the first one counts. Of what only counts its failures, or gives no code, both are "".
    """
    if not (name := _failures(answer, whole.failed if whole else ())):
        return None
    found: Json = next(
        (
            said
            for value in (at(answer, name), *(answer[each] for each in sorted(answer)))
            if (said := _said(value))
        ),
        None,
    )
    return found or ("", "")


def _said(value: Json) -> tuple[str, str] | None:
    """The first code in a value, and the message beside it."""
    if isinstance(value, Mapping):
        code = next((value[each] for each in _CODES if isinstance(value.get(each), str)), "")
        if code:
            text = next((value[each] for each in _MESSAGES if isinstance(value.get(each), str)), "")
            return code, text
        value = [*value.values()]
    if isinstance(value, list | tuple):
        return next((found for each in value if (found := _said(each))), None)
    return None
