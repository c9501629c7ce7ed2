"""The Solutions Architect's questions to a model."""
