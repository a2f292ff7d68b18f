"""What the reports tell: one file for each section, found by `render.section.load`."""
