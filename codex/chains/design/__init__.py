"""The Product Owner's questions to a model."""
