"""What every floor above stands on: documents, configuration, errors, services, storage."""
