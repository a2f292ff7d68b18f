"""The phases of a training: one file for each, with its steps and what their roles may do."""
