"""What `moorline init` writes: a small platform that plans at once.

`files` makes the texts from templates and answers; `write` puts them on the
disk, all or none. Neither asks nor prints anything.
"""
