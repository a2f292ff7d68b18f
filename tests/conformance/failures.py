"""What a recorded error has to be taken for, said without the adapters' own tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import AwsError, Denied, Gone, Rejected, Retry
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single, read_tags
from reconciler.model.address import Address
from reconciler.resources.api import Place, Resource
from tests.conformance.recording import Player, Recording

PLACE = Place("123456789012", "eu-west-1", "acme", "rec")
NAME = "acme-rec-x"
SLOTS = {"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Arn": "arn:aws:kms:eu-west-1:1:key/1"}
_ABSENT = re.compile(r"NotFound|NoSuch|^404$|DoesNotExist|NonExistent")
_MISSING = re.compile(r"(?i)could not find|does not exist|no pipeline|cannot find")
_DENIED = re.compile(
    r"AccessDenied|Unauthori[sz]ed|AuthFailure|ExpiredToken|InvalidClientToken|^403$"
)
_RETRY = re.compile(r"Thrott|SlowDown|TooManyRequests|RequestLimit|InternalE|InternalF|Unavailable")


def expected(recording: Recording) -> str:
    """``absent``, ``denied``, ``retry`` or ``rejected``, from the error itself."""
    assert recording.error is not None
    error = recording.error.response["Error"]
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    if _ABSENT.search(code) or (code.startswith("Validation") and _MISSING.search(message)):
        return "absent"
    if _DENIED.search(code):
        return "denied"
    return "retry" if _RETRY.search(code) else "rejected"


def check(recording: Recording, resource: Resource, use: str, number: int) -> Iterator[str]:
    """Whether the error is understood as what it is."""
    player = Player({f"{recording.service}.{recording.method}": recording.error})
    session = Session(player, FakeClock())
    try:
        found = _read(session, resource, use, number)
    except Gone:
        said = "absent"
    except Denied:
        said = "denied"
    except Retry:
        said = "retry"
    except (Rejected, AwsError):
        said = "rejected"
    else:
        said = "absent" if not found else "a value"
    wanted = expected(recording)
    if use == "list" and wanted == "absent":
        wanted = said if said != "a value" else "absent"  # a listing has nothing to be absent
    if said != wanted:
        assert recording.error is not None
        yield f"{recording.error.response['Error'].get('Code')} is taken for {said}, not {wanted}"


def _read(session: Session, resource: Resource, use: str, number: int) -> object:
    single = Single(session, PLACE)
    reader = ReadOnly(session, resource.service, resource.absent)
    slots = single.slots(resource, NAME, SLOTS)
    match use:
        case "read":
            return single.read(resource, Address(resource.type, NAME), ())
        case "part":
            prop = resource.parts[number].prop
            return single.parts(reader, resource, [prop], slots)[prop]
        case "tags":
            assert resource.tags is not None
            return read_tags(reader, resource.tags, slots)
        case _:
            listing = resource.listings[number]
            return ReadOnly(session, resource.service).pages(listing.method, {}, listing.at)
