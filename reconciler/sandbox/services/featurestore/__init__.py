"""The online and offline store of feature groups: what moto lacks."""
