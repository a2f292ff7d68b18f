"""The way of a request into moto: counting, faults, locks, and what is put in its place."""
