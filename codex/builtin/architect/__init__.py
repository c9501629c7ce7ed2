"""The built-in answers to the Solutions Architect's questions."""
