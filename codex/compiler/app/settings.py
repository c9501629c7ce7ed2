"""What whoever runs the service may set, from the environment or a file `.env`."""

# if accounts
import secrets

# end
from typing import Annotated, Literal

# if accounts
from typing import Self

# end
from fastapi import Depends, Request
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

# if accounts
from pydantic import SecretStr, model_validator

MINIMUM_SECRET = 32
# end


class Settings(BaseSettings):
    """Each field is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    environment: Literal["production", "local"] = "production"
    """`local` on a developer's machine only: what must be secret may then be left out."""
    # if database
    database_url: str = "sqlite:///service.db"
    """SQLite, or `postgresql://user:password@host/name`."""
    migrate_on_start: bool = True
    """Whether a starting process brings the database up to date itself."""
    # end
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"
    max_body_bytes: int = Field(default=1_000_000, ge=1)
    """Larger bodies are refused."""
    stop_seconds: int = Field(default=10, ge=0)
    """How long a stopping process lets requests finish."""
    # if files
    files_folder: str = "files"
    """Where uploaded files are kept; never a folder that a web server shows."""
    max_upload_bytes: int = Field(default=10_000_000, ge=1)
    # end
    # if accounts
    secret_key: SecretStr | None = None
    """Signs the tokens; at least 32 characters. Required unless `environment` is `local`."""
    access_token_minutes: int = Field(default=15, ge=1)
    refresh_token_days: int = Field(default=30, ge=1)
    # end
    # own settings
    # if accounts

    @model_validator(mode="after")
    def _secret_is_there(self) -> Self:
        if self.secret_key is None:
            if self.environment != "local":
                raise ValueError("SECRET_KEY is required, unless ENVIRONMENT is local.")
            # Tokens of a local service end with its process.
            self.secret_key = SecretStr(secrets.token_urlsafe(48))
        elif len(self.secret_key.get_secret_value()) < MINIMUM_SECRET:
            raise ValueError(f"SECRET_KEY needs at least {MINIMUM_SECRET} characters.")
        return self

    # end


async def settings_of_request(request: Request) -> Settings:
    """The settings that the service was started with."""
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(settings_of_request)]
