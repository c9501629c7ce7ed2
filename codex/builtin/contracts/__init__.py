"""Contracts from typed rules: functions, what they say of themselves, and examples that hold."""
