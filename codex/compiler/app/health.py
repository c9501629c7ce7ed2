"""Whether the service lives, and whether it can serve."""

from fastapi import APIRouter
from pydantic import BaseModel

# if database
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.database import Db
from app.problems import Unavailable, problems

# end

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """A good answer."""

    status: str = "ok"


@router.get("/health", summary="Is the process alive?")
async def health() -> Health:
    """Answers as long as the process does."""
    return Health()


# if database
@router.get("/ready", summary="Can requests be served?", responses=problems(Unavailable))
def ready(database: Db) -> Health:
    """Answers once the database does; 503 otherwise."""
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise Unavailable("The database does not answer.") from error
    return Health()


# end
# if not database
@router.get("/ready", summary="Can requests be served?")
async def ready() -> Health:
    """Answers as soon as requests can be served."""
    return Health()


# end
