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
    token = place.token.reveal()
    if place.provider == GITHUB:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
    else:
        headers = {"JOB-TOKEN" if place.job_token else "PRIVATE-TOKEN": token}
    http = Http(place.api, headers, patience=patience, clock=clock, ca_file=place.ca_file)
    return merged.numbers(place, http.pages(merged.path_of(place, commit)), commit)
