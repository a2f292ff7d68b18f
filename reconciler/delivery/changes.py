"""Ask a forge which change requests a commit was merged by. Reads only."""

from __future__ import annotations

from reconciler.delivery import merged
from reconciler.forge.detect import GITHUB, Place
from reconciler.forge.http import Clock, Http, Patience


def of_commit(
    place: Place, commit: str, *, patience: Patience | None = None, clock: Clock | None = None
) -> list[int]:
    """Their numbers; none when no commit is known.

    Raises:
        ForgeError: the forge did not say.
    """
    if not commit:
        return []
    http = http_of(place, patience=patience, clock=clock)
    return merged.numbers(place, http.pages(merged.path_of(place, commit)), commit)


def http_of(place: Place, *, patience: Patience | None = None, clock: Clock | None = None) -> Http:
    """A way to the API of a forge, with the token of a place.

    Raises:
        ForgeError: its address is none that a token may be sent to.
    """
    token = place.token.reveal()
    if place.provider == GITHUB:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
    else:
        headers = {"JOB-TOKEN" if place.job_token else "PRIVATE-TOKEN": token}
    return Http(place.api, headers, patience=patience, clock=clock, ca_file=place.ca_file)
