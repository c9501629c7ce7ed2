"""What every database gets by convention: account columns, keys, errors, indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from codex.blueprint.brief import Brief
from codex.blueprint.naming import pascal, short, singular, snake, words
from codex.blueprint.rules import created_columns, listed_columns
from codex.common.documents.architecture import ErrorType, Mend
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Exposure,
    Index,
    Relation,
)
from codex.common.documents.schema_checks import is_bare
from codex.common.english import with_article

EMAIL_LENGTH = 254  # the longest address that mail servers take


class Completion:
    """A database with its errors while conventional parts are added, each addition told."""

    def __init__(
        self, schema: DatabaseSchema, errors: Iterable[ErrorType], specification: Brief
    ) -> None:
        self.schema = schema
        self.errors = {error.name: error for error in errors}
        self.specification = specification
        self.mends: list[Mend] = []

    def run(self) -> DatabaseSchema:
        """The completed database; `errors` and `mends` tell the rest."""
        account = self.specification.account
        if account is not None:
            self._account(account.plural)
        self._each(self._keys)
        self._each(self._unique_errors)
        self._each(self._makeable)
        self._inverses()
        self._each(self._tied)
        self._each(self._indexes)
        return self.schema

    def _each(self, change: Callable[[DatabaseTable], DatabaseTable]) -> None:
        tables = tuple(change(table) for table in self.schema.tables)
        self.schema = self.schema.model_copy(update={"tables": tables})

    def mend(self, place: str, what: str) -> None:
        """Note that code put something right."""
        self.mends.append(Mend(place=place, what=what))

    def error(self, name: str, title: str) -> str:
        """The Conflict of this name, there at last."""
        if name not in self.errors:
            self.errors[name] = ErrorType(name=name, base="Conflict", code=snake(name), title=title)
        return name

    # ── the account ──────────────────────────────────────────────────────────────────────────

    def _account(self, name: str) -> None:
        table = self.schema.table(name) or self.schema.table(self.schema.account or "")
        if table is None:
            return
        columns = [
            column
            for column in table.columns
            if column.name not in {"email", "password", "password_hash", "role"}
        ]
        taken = self.error(f"{table.model}EmailTaken", "There is an account with this e-mail.")
        columns = [
            Column(
                name="email",
                type=ColumnType.STRING,
                description="What the account signs in with; compared in lower case.",
                format="email",
                max_length=EMAIL_LENGTH,
                unique=True,
                error=taken,
            ),
            *columns,
            Column(
                name="password_hash",
                type=ColumnType.STRING,
                description="The password, hashed.",
                exposure=Exposure.NONE,
            ),
        ]
        enums = self.schema.enums
        if self.specification.roles:
            role, enums = self._role(table)
            columns.append(role)
        changed = table.model_copy(update={"columns": tuple(columns), "owner": "id"})
        self.schema = self.schema.model_copy(
            update={
                "tables": tuple(changed if t is table else t for t in self.schema.tables),
                "enums": enums,
                "account": table.name,
            }
        )

    def _role(self, table: DatabaseTable) -> tuple[Column, tuple[EnumType, ...]]:
        """The column `role`, whose first value is what an account is without being given more."""
        entity = self.specification.account
        plain = entity.name if entity else "user"
        roles = [role.name for role in self.specification.roles]
        values = tuple(dict.fromkeys([plain, *roles]))
        old = table.column("role")
        used = {item.name for item in self.schema.enums} - {old.enum if old else None}
        used |= {item.model for item in self.schema.tables}
        name = "Role" if "Role" not in used else f"{table.model}Role"
        enums = tuple(e for e in self.schema.enums if not (old and e.name == old.enum))
        enum = EnumType(name=name, values=values, description="What an account may do.")
        column = Column(
            name="role",
            type=ColumnType.ENUM,
            enum=name,
            default=plain,
            description="What the account may do; administrators change it.",
            exposure=Exposure.READ,
        )
        return column, (*enums, enum)

    # ── keys, errors, rows that can be made ──────────────────────────────────────────────────

    def _keys(self, table: DatabaseTable) -> DatabaseTable:
        columns = {column.name: column for column in table.columns}
        relations: list[Relation] = []
        for relation in table.relations:
            if relation.cardinality is Cardinality.MANY_TO_MANY:
                relations.append(relation)
                continue
            name = relation.column or f"{short(relation.name, 3)}_id"
            place = f"{table.name}.{relation.name}"
            if relation.column is None:
                self.mend(place, f"named its key column {name}")
            if name not in columns and name != "id":
                columns[name] = Column(
                    name=name,
                    type=ColumnType.INTEGER,
                    nullable=relation.on_delete == "set_null",
                    unique=relation.cardinality is Cardinality.ONE_TO_ONE,
                    description=relation.description,
                )
                self.mend(place, f"added its key column {name}")
            elif name in columns:
                columns[name] = self._key(columns[name], relation, place)
            relations.append(relation.model_copy(update={"column": name}))
        return table.model_copy(
            update={"columns": tuple(columns.values()), "relations": tuple(relations)}
        )

    def _key(self, column: Column, relation: Relation, place: str) -> Column:
        changes: dict[str, object] = {}
        if relation.on_delete == "set_null" and not column.nullable:
            changes["nullable"] = True
            self.mend(place, "made its key nullable, since it is cleared when the target goes")
        if relation.cardinality is Cardinality.ONE_TO_ONE and not column.unique:
            changes["unique"] = True
            self.mend(place, "made its key unique, since it is one to one")
        return column.model_copy(update=changes) if changes else column

    def _unique_errors(self, table: DatabaseTable) -> DatabaseTable:
        def named(column: Column) -> Column:
            if not column.unique or column.error:
                return column
            error = self.error(
                f"{table.model}{pascal(column.name)}Taken",
                f"There is {with_article(words(snake(table.model)))} with this "
                f"{words(column.name)} already.",
            )
            return column.model_copy(update={"error": error})

        return table.model_copy(update={"columns": tuple(named(c) for c in table.columns)})

    def _makeable(self, table: DatabaseTable) -> DatabaseTable:
        """A required column that nobody can fill is made optional: the service sets it later."""
        owner = (table.owner or "").partition(".")[0]

        def fillable(column: Column) -> Column:
            hidden = column.exposure in (Exposure.READ, Exposure.NONE)
            fed = column.nullable or column.default is not None or column.name == owner
            if not hidden or fed or column.name in {"password_hash", *self._fed(table)}:
                return column
            self.mend(
                f"{table.name}.{column.name}",
                "made it optional: callers do not send it, and nothing else sets it at creation",
            )
            return column.model_copy(update={"nullable": True})

        return table.model_copy(update={"columns": tuple(fillable(c) for c in table.columns)})

    def _fed(self, table: DatabaseTable) -> set[str]:
        """Columns that some operation sets whenever it makes a row of `table`."""
        return created_columns(self.specification, table)

    # ── names from the other side, indexes ───────────────────────────────────────────────────

    def _inverses(self) -> None:
        """Two relations that would be called the same from the other side get two names."""
        taken: dict[str, set[str]] = {
            table.name: {
                *(column.name for column in table.all_columns),
                *(relation.name for relation in table.relations),
                *(computed.name for computed in table.computed),
            }
            for table in self.schema.tables
        }

        def free(table: DatabaseTable, relation: Relation) -> Relation:
            wanted = relation.inverse
            if wanted is None or relation.target not in taken:
                return relation
            names = (wanted, f"{relation.name}_{wanted}", f"{wanted}_as_{singular(relation.name)}")
            name = next((n for n in names if n not in taken[relation.target]), None)
            if name is not None:
                taken[relation.target].add(name)
            if name != wanted:
                self.mend(
                    f"{table.name}.{relation.name}",
                    f"calls its other side {name or 'nothing'}, since {wanted} is taken",
                )
            return relation.model_copy(update={"inverse": name})

        self.schema = self.schema.model_copy(
            update={
                "tables": tuple(
                    table.model_copy(
                        update={"relations": tuple(free(table, r) for r in table.relations)}
                    )
                    for table in self.schema.tables
                )
            }
        )

    # ── ties ─────────────────────────────────────────────────────────────────────────────────

    def _tied(self, table: DatabaseTable) -> DatabaseTable:
        """Ties that are no more than ties are written and read as lists of ids: `tag_ids`."""
        step, _, rest = (table.owner or "").partition(".")
        # Who belongs to something decides whose it is, so that is not set in passing.
        if table.name == self.schema.account or (rest and table.relation(step) is None):
            return table
        taken = set(self._member_names(table))
        relations: list[Relation] = []
        for relation in table.relations:
            name, key = f"{relation.through_target}_ids", f"{relation.through_target}_id"
            if self._is_plain_tie(table, relation) and not taken & {name, key}:
                taken |= {name, key}
                relations.append(relation.model_copy(update={"ids": name}))
            else:
                relations.append(relation)
        return table.model_copy(update={"relations": tuple(relations)})

    def _member_names(self, table: DatabaseTable) -> Iterator[str]:
        """What columns, relations and computed fields of `table` are called, from both sides."""
        for member in (*table.all_columns, *table.relations, *table.computed):
            yield member.name
        for other in self.schema.tables:
            for relation in other.relations:
                if relation.target == table.name and relation.inverse:
                    yield relation.inverse

    def _is_plain_tie(self, table: DatabaseTable, relation: Relation) -> bool:
        link = self.schema.table(relation.through or "")
        if relation.cardinality is not Cardinality.MANY_TO_MANY or link is None:
            return False
        by_server = any(
            tie.name == relation.name and tie.set_by == "server"
            for entity in self.specification.entities
            if entity.name == table.entity
            for tie in entity.relations
        )
        return link.entity is None and is_bare(link) and not by_server

    def _indexes(self, table: DatabaseTable) -> DatabaseTable:
        """References, and the columns that lists are narrowed and sorted by."""
        have = {index.columns[0] for index in table.indexes}
        have |= {column.name for column in table.all_columns if column.unique}
        have |= {c.columns[0] for c in table.constraints if c.kind == "unique" and not c.where}
        wanted = [relation.column for relation in table.relations if relation.column]
        wanted += [c.name for c in table.columns if c.type in (ColumnType.ENUM, ColumnType.BOOLEAN)]
        wanted += self._listed(table)
        added = [name for name in dict.fromkeys(wanted) if name not in have | {"id"}]
        indexes = (*table.indexes, *(Index(columns=(name,)) for name in added))
        return table.model_copy(update={"indexes": indexes})

    def _listed(self, table: DatabaseTable) -> list[str]:
        return listed_columns(self.specification, table)
