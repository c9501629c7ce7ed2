"""Puts the service together: `create_app()` is what a server runs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
# if database
from fastapi.concurrency import run_in_threadpool
# end
from fastapi.routing import APIRoute

from app import SUMMARY, TITLE, VERSION

# if accounts
from app.accounts import router as accounts_router

# end
from app.clock import Clock, system_time

# if database
from app.database import Database

# end
# if files
from app.files import FileStore

# end
from app.health import router as health_router
from app.logs import configure_logging
from app.middleware import BodyLimitMiddleware, MethodMiddleware, RequestMiddleware

# if database
from app.migrate import upgrade

# end
from app.openapi import Service
from app.problems import install_handlers, paths_of
from app.routes import ROUTERS
from app.settings import Settings


def create_app(settings: Settings | None = None, *, clock: Clock = system_time) -> FastAPI:
    """The service with these settings; without any, those of the environment."""
    settings = settings or Settings()
    configure_logging(settings.log_level, settings.log_format)
    app = Service(
        title=TITLE,
        summary=SUMMARY,
        version=VERSION,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
    )
    app.state.settings = settings
    # if database
    app.state.database = Database(settings.database_url)
    # end
    # if files
    app.state.files = FileStore(settings.files_folder)
    # end
    install_handlers(app)
    routers = [
        # if accounts
        accounts_router,
        # end
        *ROUTERS,
        health_router,
    ]
    app.state.paths = paths_of(routers)
    app.add_middleware(MethodMiddleware)
    # if not files
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    # end
    # if files
    app.add_middleware(
        BodyLimitMiddleware,
        max_bytes=settings.max_body_bytes,
        # The form around a file takes some bytes too.
        max_upload_bytes=settings.max_upload_bytes + 10_000,
    )
    # end
    app.add_middleware(RequestMiddleware, clock=clock)
    for router in routers:
        app.include_router(router)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Bring the database up to date before the first request; let go of it after the last."""
    # if database
    if app.state.settings.migrate_on_start:
        await run_in_threadpool(upgrade, app.state.database)
    # end
    yield
    # if database
    app.state.database.dispose()
    # end


def operation_id(route: APIRoute) -> str:
    """The name of the function that answers."""
    return route.name
