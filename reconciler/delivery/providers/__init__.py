"""One file for each CI system. `reconciler.delivery.api` finds them by their place."""
