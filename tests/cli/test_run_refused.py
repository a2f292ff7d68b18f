"""What AWS refuses of a run, told to who started it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reconciler.aws.errors import AwsError, Denied, Expired, Rejected
from reconciler.cli.world.running import Scene
from reconciler.model.run import Runnable


class Told:
    """A project that keeps what it fails with."""

    def fail(self, found: list[Any], *, code: int) -> None:
        raise LookupError(found[0].code, found[0].help, code)


FOLLOWS = "`moorline run Training/churn --watch --name night` follows it"


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (
            Expired("x", "ExpiredTokenException", "it ended"),
            "RUN007",
            f"log in again; if .*{FOLLOWS}",
        ),
        (Denied("x", "AccessDeniedException", "no"), "RUN007", f"needs the right.*{FOLLOWS}"),
        (Rejected("x", "ValidationException", "no"), "RUN007", f"^if it was started.*{FOLLOWS}"),
        (Rejected("x", "ResourceNotFound", "no"), "RUN002", "apply first"),
    ],
)
def test_what_to_do_and_how_to_find_the_run(error: AwsError, code: str, says: str) -> None:
    what = Runnable(
        "Training/churn", "churn", "arn:aws:sagemaker:eu-west-1:1:pipeline/churn", machine=False
    )
    scene = Scene(Told(), None, None, what)  # type: ignore[arg-type]  # neither is asked
    with pytest.raises(LookupError) as told:
        scene.asked(error, "night")
    assert told.value.args[0] == code
    assert re.search(says, told.value.args[1])
