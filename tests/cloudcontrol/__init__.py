"""Types that AWS's own handlers serve: the adapter, pure and on the sandbox."""
