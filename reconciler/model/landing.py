"""Words on a database that outlive its spec: when its changes land, and what its deletion keeps."""

APPLY, NOW = "moorline:apply-at", "now"
SNAPSHOT, SKIP = "moorline:final-snapshot", "skip"
