"""Secrets: found in specs, hidden in values, taken out of every text before anybody sees it.

What a secret looks like and which names it stands under is data here. The room knows only the
model, so everything that prints or keeps something can use it.
"""
