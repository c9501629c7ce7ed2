"""codex turns one sentence into a verified, packaged web service, traceable line by line."""
