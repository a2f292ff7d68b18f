"""Budgets as AWS keeps them: notifications and subscribers are parts with calls of their own."""
