"""Amazon EventBridge, type by type."""
