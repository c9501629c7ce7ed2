"""The store of codex: an embedded or given Postgres, its migrations, and what is kept in it."""
