"""Resources that are not ours: left alone until they are adopted."""

from __future__ import annotations

from .folder import Folder

BUCKET = "acme-local-ledger-123456789012"
ADDRESS = f"AWS::S3::Bucket/{BUCKET}"
LOCATION = {"LocationConstraint": "eu-west-1"}


def test_a_resource_that_is_not_ours_is_left_alone_until_it_is_adopted(small: Folder) -> None:
    s3 = small.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=LOCATION)
    before = small.writes

    for verb in ("plan", "apply"):
        said = small.run(verb, "-e", "local", "--json", expect=1)
        assert said.codes == ["PLAN001"]
        assert f"--adopt {ADDRESS}" in said.json["diagnostics"][0]["help"]
    assert small.writes == before

    done = small.run("apply", "-e", "local", "--json", "--adopt", ADDRESS, expect=0).json
    assert [(step["action"], step["name"]) for step in done["plan"]["steps"]] == [("adopt", BUCKET)]
    assert small.run("plan", "-e", "local", "--detailed-exitcode", "--json", expect=0).steps == []
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"]}
    assert (tags["moorline:platform"], tags["moorline:spec"]) == ("acme", "DataSource/ledger")


def test_a_resource_of_another_environment_is_not_ours_either(small: Folder) -> None:
    small.write("specs/role.yaml", ROLE)
    small.run("apply", "-e", "local", "--yes", expect=0)
    arn = "arn:aws:iam::123456789012:role/acme-local-team-runner"
    role = {"RoleName": arn.rpartition("/")[2]}
    tags = [{"Key": "moorline:environment", "Value": "other"}]
    small.client("iam").tag_role(**role, Tags=tags)
    said = small.run("plan", "-e", "local", "--json", expect=1)
    assert said.codes == ["PLAN001"]


ROLE = """\
apiVersion: moorline/v1
kind: Security
metadata: {name: team, owner: team}
spec:
  roles:
    runner:
      description: A role.
      assumedBy: {service: lambda.amazonaws.com}
      statements: [{actions: [sns:Publish], resources: ["*"]}]
"""
