"""The engine against random types, random graphs and a cloud that misbehaves."""
