"""What the tests share: a service of its own for each, with a clock that stands still."""

# if database
import shutil
# end
from collections.abc import Iterator
from pathlib import Path

from typing import Any

import pytest
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from starlette.testclient import TestClient

# if database
from app.database import Database

# end
from app.main import create_app

# if database
from app.migrate import upgrade

# end
from app.settings import Settings
from tests.play import FixedClock, Play


class DefaultSettings(Settings):
    """The defaults, whatever the environment says."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what is given."""
        return (init_settings,)


# if database
@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that is up to date and empty; each test works on a copy."""
    path = tmp_path_factory.mktemp("database") / "migrated.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.dispose()
    return path


# end
@pytest.fixture
def settings(
    tmp_path: Path,
    # if database
    migrated: Path,
    # end
) -> Settings:
    """Settings of a service that nobody else uses."""
    # if database
    path = tmp_path / "service.db"
    shutil.copy(migrated, path)
    # end
    return DefaultSettings(
        environment="local",
        log_level="error",
        # if database
        database_url=f"sqlite:///{path}",
        migrate_on_start=False,
        # end
        # if files
        files_folder=str(tmp_path / "files"),
        # end
        # required settings
    )


@pytest.fixture
def play(settings: Settings) -> Iterator[Play]:
    """A service, ready to be called."""
    clock = FixedClock()
    app = create_app(settings, clock=clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Play(app, client, clock)
