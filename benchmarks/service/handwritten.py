"""The rival: the same two routes, written by hand with FastAPI and SQLAlchemy."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import (
    BigInteger,
    DateTime,
    Enum,
    Integer,
    Numeric,
    String,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Kind(StrEnum):
    PAPER = "paper"
    AUDIO = "audio"


class Base(DeclarativeBase):
    pass


def now() -> datetime:
    return datetime.now(UTC)


class Article(Base):
    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    kind: Mapped[Kind] = mapped_column(Enum(Kind, native_enum=False))
    published: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)


class ArticleCreate(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    body: str
    price: Decimal = Field(ge=0, max_digits=10, decimal_places=2)
    kind: Kind
    published: bool = False


class ArticleRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    body: str
    price: Decimal
    kind: Kind
    published: bool
    created_at: datetime
    updated_at: datetime


class ArticlePage(BaseModel):
    items: list[ArticleRead]
    total: int
    limit: int
    offset: int


def create_app(url: str) -> FastAPI:
    sqlite = url.startswith("sqlite")
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    if sqlite:

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _: object) -> None:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")

    Base.metadata.create_all(engine)
    factory = sessionmaker(engine, expire_on_commit=False)

    def open_session() -> Iterator[Session]:
        with factory() as session:
            yield session

    app = FastAPI()
    SessionDep = Annotated[Session, Depends(open_session)]

    @app.get("/articles")
    def list_articles(
        session: SessionDep,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> ArticlePage:
        total = session.scalar(select(func.count()).select_from(Article)) or 0
        query = select(Article).order_by(Article.id).limit(limit).offset(offset)
        items = [ArticleRead.model_validate(item) for item in session.scalars(query)]
        return ArticlePage(items=items, total=total, limit=limit, offset=offset)

    @app.post("/articles", status_code=201)
    def create_article(body: ArticleCreate, response: Response, session: SessionDep) -> ArticleRead:
        article = Article(**body.model_dump())
        session.add(article)
        session.commit()
        response.headers["Location"] = f"/articles/{article.id}"
        return ArticleRead.model_validate(article)

    app.state.engine = engine
    return app
