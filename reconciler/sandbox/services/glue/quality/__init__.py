"""Rules of data quality on real rows, by Moorline's own reading of them: AWS's may differ.

Which rules there are is `reconciler.facts.dqdl`'s subset; a rule beyond it, or one whose condition
on rows is more than a comparison with null, has the outcome ERROR, never PASS.
"""
