"""Attributes of a table's rows that lead to other rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codex.common.documents.base import HIDEABLE, attribute
from codex.common.documents.schema import Cardinality, DatabaseTable, Relation
from codex.compiler.names import key_of, model_module


class TableRelations:
    """Writes the relations of one table, and those of others that it sees from the other side."""

    def __init__(
        self,
        table: DatabaseTable,
        tables: Mapping[str, DatabaseTable],
        use: Callable[[str, str], str],
    ) -> None:
        self.table = table
        self.tables = tables
        self.use = use
        self.others: dict[str, str] = {}
        """Classes that are mentioned, with their modules; only a type checker imports them."""

    def relation(self, relation: Relation) -> str:
        """The attribute that leads to another table's row."""
        target = self.tables[relation.target]
        if relation.cardinality is Cardinality.MANY_TO_MANY:
            return self.tied(relation.name, target, relation)
        column = self.table.column(relation.column or "")
        back = self.back(relation.inverse)
        options: list[str] = []
        if self.several_ways(self.table, target):
            options.append(f'"foreign_keys": "{self.table.model}.{key_of(relation)}"')
        if target.name == self.table.name:
            options.append(f'"remote_side": "{self.table.model}.id"')
        optional = column is not None and column.nullable
        return self.attribute(relation.name, self.mention(target, optional=optional), back, options)

    def inverse(self, source: DatabaseTable, relation: Relation) -> str:
        """The attribute that leads back from the target of another table's relation."""
        assert relation.inverse is not None
        if relation.cardinality is Cardinality.MANY_TO_MANY:
            return self.tied(relation.inverse, source, relation)
        back = self.back(relation.name)
        # The database itself deletes, clears or refuses.
        back.append('passive_deletes="all"')
        options: list[str] = []
        if self.several_ways(source, self.table):
            options.append(f'"foreign_keys": "{source.model}.{key_of(relation)}"')
        if relation.cardinality is Cardinality.ONE_TO_ONE:
            options.append('"uselist": False')
            return self.attribute(
                relation.inverse, self.mention(source, optional=True), back, options
            )
        return self.attribute(relation.inverse, self.several(source), back, options)

    def tied(self, name: str, target: DatabaseTable, relation: Relation) -> str:
        """The rows at the other side of a link table; the ties are rows of that table."""
        link = self.tables[relation.through or ""]
        near, far = relation.through_source, relation.through_target
        if name != relation.name:
            near, far = far, near
        near_column = self._column_of(link, near)
        far_column = self._column_of(link, far)
        options = [
            f'"secondary": "{link.name}"',
            f'"primaryjoin": "{self.table.model}.id == {link.model}.{near_column}"',
            f'"secondaryjoin": "{target.model}.id == {link.model}.{far_column}"',
            '"viewonly": True',
        ]
        return self.attribute(name, self.several(target), [], options)

    @staticmethod
    def _column_of(table: DatabaseTable, relation: str | None) -> str:
        found = table.relation(relation or "")
        assert found is not None
        return key_of(found)

    @staticmethod
    def back(name: str | None) -> list[str]:
        """What the attribute on the other side is called."""
        return [f'back_populates="{attribute(name, relation=True)}"'] if name else []

    def mention(self, target: DatabaseTable, *, optional: bool = False) -> str:
        """A class that may not be there yet, as an annotation."""
        if target.name != self.table.name:
            self.others[target.model] = f"app.models.{model_module(target)}"
        quoted = f'"{target.model}"'
        return f"{self.use('typing', 'Optional')}[{quoted}]" if optional else quoted

    @staticmethod
    def several_ways(one: DatabaseTable, other: DatabaseTable) -> bool:
        """Whether more than one foreign key ties two tables, so that each must be named."""
        ways = [item for item in one.relations if item.target == other.name and item.column]
        back = [item for item in other.relations if item.target == one.name and item.column]
        return one.name == other.name or len(ways) + len(back) > 1

    def several(self, target: DatabaseTable) -> str:
        """A list of rows of a class that may not be there yet, as an annotation."""
        return f"{self.use('builtins', 'list')}[{self.mention(target)}]"

    def attribute(
        self, name: str, annotation: str, arguments: list[str], options: list[str]
    ) -> str:
        """One relationship."""
        if options:
            arguments.append(f"sa_relationship_kwargs={{{', '.join(options)}}}")
        relationship = self.use("sqlmodel", "Relationship")
        hides = (
            "  # pyright: ignore[reportIncompatibleMethodOverride]\n" if name in HIDEABLE else ""
        )
        called = attribute(name, relation=True)
        return f"{called}: {annotation} = {relationship}({hides}{', '.join(arguments)})"
