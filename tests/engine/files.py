"""Files of models that are there before a platform: AWS makes no model of one that is not."""

from __future__ import annotations

from moto.s3.models import s3_backends

from reconciler.sandbox.inprocess import ACCOUNT, REGION

MODELS = "team-models"
"""The bucket that specs name. It is of another team."""
FILES = (*(f"models/{number}.tar.gz" for number in range(1, 6)), "other/1.tar.gz")


def bucket_in(region: str, account: str = ACCOUNT) -> str:
    """The bucket of models of a region and an account; names of buckets are for all of them."""
    more = [part for part, usual in ((region, REGION), (account, ACCOUNT)) if part != usual]
    return "-".join((MODELS, *more))


def given(region: str = REGION, account: str = ACCOUNT) -> None:
    """Put the files there, past the sandbox's door: nobody counts that."""
    s3, name = s3_backends[account]["aws"], bucket_in(region, account)
    if name not in s3.buckets:
        s3.create_bucket(name, region)
        for file in FILES:
            s3.put_object(name, file, b"a file")
