"""The sticky comment on a pull request, and the morning's report as one. `comment` begins."""
