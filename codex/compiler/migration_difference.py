"""The migration from one Architecture to another, there and back, with the data kept."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import DatabaseTable
from codex.common.errors import DocumentError
from codex.compiler.fillers import distinct, filler, referred
from codex.compiler.migration_alter import (
    batch,
    drop_key,
    expectations,
    row_of,
    stored_text,
)
from codex.compiler.migration_changes import (
    OLD,
    Retyped,
    TableChange,
    schema_change,
)
from codex.compiler.migration_steps import Kept, Steps, kept_by
from codex.compiler.migration_text import (
    add_key,
    column_text,
    create_index,
    create_table,
    late_keys,
    name_list,
)
from codex.compiler.physical import (
    StoredColumn,
    StoredIndex,
    StoredTable,
    Unique,
    service_tables,
)
from codex.compiler.snapshots import table_between
from codex.compiler.source import literal, text_literal


class Direction:
    """Writes one direction: from `old` to `new`."""

    def __init__(
        self,
        old: Architecture,
        new: Architecture,
        revision: str,
        back_from: Direction | None = None,
    ) -> None:
        self.change = schema_change(old, new)
        self.before = {table.name: table for table in service_tables(old)}
        self.before_database = old.database
        self.back_from = back_from
        self.revision = revision
        self.database = new.database
        self.documents = {table.name: table for table in service_tables(new)}
        self.steps = Steps()
        self.there = back_from is None
        self.list_of_rows = revision if self.there else f"{revision}_back"
        self.keeps = kept_by(self.change, revision) if self.there else Kept()
        self.kept = back_from.keeps if back_from is not None else Kept()
        # On the way back: how tables and columns were called when they were kept.
        there = back_from.change.altered if back_from is not None else ()
        self.called = {table.old_name: table.name for table in there}
        self.column_called = {table.old_name: dict(table.renamed) for table in there}

    def write(self) -> Steps:
        """All statements, in the order in which every constraint can hold."""
        steps, change = self.steps, self.change
        for table in change.altered:
            if table.old_name != table.name:
                steps.call("rename_table", f'"{table.old_name}"', f'"{table.name}"')
        late = late_keys(change.created, self._there_before())
        late_names = frozenset(key.name for keys in late.values() for key in keys)
        for table in change.created:
            steps.lines += create_table(table, late_names)
        for table in change.altered:
            self._names_and_columns(table)
        for table in change.created:
            self._put_back_rows(table)
        # One after the other, so that rows can be added to a table which is as it will be.
        for table in change.altered:
            self._values(table)
            expectations(self.steps, table)
            self._constraints(table)
        for table, keys in late.items():
            steps.lines += [add_key(table, key) for key in keys]
        self._removed()
        self._clear()
        return steps

    def _there_before(self) -> list[str]:
        created = {table.name for table in self.change.created}
        return [name for name in self.documents if name not in created]

    # Tables that come and go.

    def _put_back_rows(self, table: StoredTable) -> None:
        kept = self.kept.tables.get(table.name)
        if kept is None:
            return
        references = {key.column: key.target for key in table.foreign_keys}
        self.steps.call(
            "put_back_rows",
            text_literal(kept),
            text_literal(table.name),
            name_list(column.name for column in table.columns),
            literal(references),
        )

    def _removed(self) -> None:
        for table in self.change.removed:
            kept = self.keeps.tables.get(table.name)
            if kept:
                self.steps.call("keep", text_literal(kept), text_literal(table.name))
            self.steps.losses.append(
                f"{table.name}, which {'is kept in ' + kept if kept else 'is dropped'}"
            )
        names = {table.name for table in self.change.removed}
        # In a circle no order is right; then the keys go first.
        for name, keys in late_keys(self.change.removed, self.documents).items():
            for key in keys:
                if key.target in names:
                    self.steps.lines.append(drop_key(name, key))
        self.steps.lines += [f'op.drop_table("{t.name}")' for t in reversed(self.change.removed)]

    def _clear(self) -> None:
        """On the way back, what was kept has its place again."""
        for kept in (*self.kept.tables.values(), *(name for name, _ in self.kept.columns.values())):
            self.steps.call("drop", text_literal(kept))
        if not self.there and self.steps.placeholders:
            # Older rows refer to them now, so they stay.
            self.steps.call("drop", text_literal(f"kept_{self.list_of_rows}_placeholders"))
        added = self.back_from.steps.placeholders if self.back_from is not None else []
        if added:
            names = {new_name: old_name for old_name, new_name in self.called.items()}
            left = [names.get(name, name) for name in reversed(added)]
            here = [
                (name, was)
                for name, was in zip(left, reversed(added), strict=True)
                if name in self.documents
            ]
            tables = "{" + ", ".join(f'"{was}": "{name}"' for name, was in here) + "}"
            self.steps.call("remove_placeholders", f'"{self.revision}"', tables)

    # Tables that stay.

    def _names_and_columns(self, table: TableChange) -> None:
        steps = self.steps
        name = text_literal(table.name)
        for old_name, new_name in table.renamed.items():
            steps.call("rename_column", name, text_literal(old_name), text_literal(new_name))
        for item in table.retyped:
            old_name = text_literal(item.old.name)
            steps.call("rename_column", name, old_name, text_literal(item.old.name + OLD))
            steps.lines.append(f"op.add_column({name}, {column_text(item.new, nullable=True)})")
        for column in table.added:
            steps.lines.append(f"op.add_column({name}, {column_text(column, nullable=True)})")

    def _values(self, table: TableChange) -> None:
        kept = self.keeps.columns.get(table.name)
        if kept:
            self.steps.call(
                "keep", text_literal(kept[0]), text_literal(table.name), name_list(kept[1])
            )
        for item in table.retyped:
            self._convert(table, item, kept)
        self._put_back_values(table, retyped=True)
        for column in table.removed:
            where = f"is kept in {kept[0]}" if kept else "is dropped"
            self.steps.losses.append(f"{table.name}.{column.name}, which {where}")
        for column in table.added:
            self._put_back_column(table, column)
        empty = {item.new.name for item in table.retyped} | {c.name for c in table.added}
        for column in table.new.columns:
            if column.nullable:
                continue
            if column.name in empty or column in table.tightened:
                self._fill(table, column)

    def _convert(
        self, table: TableChange, item: Retyped, kept: tuple[str, tuple[str, ...]] | None
    ) -> None:
        name = item.new.name
        arguments = [
            text_literal(table.name),
            text_literal(name + OLD),
            stored_text(item.old),
            text_literal(name),
            stored_text(item.new),
        ]
        self.steps.helpers.add("Stored")
        self.steps.call("convert", *arguments)
        if item.lossy:
            where = f", which are kept in {kept[0]}" if kept else ""
            self.steps.losses.append(
                f"those values of {table.name}.{name} that no {item.new.type} has{where}"
            )

    def _kept_column(self, table: TableChange, name: str) -> tuple[str, str] | None:
        """The table and the column in which values of a column were kept on the way there."""
        kept = self.kept.columns.get(self.called.get(table.name, table.name))
        ending = OLD if name.endswith(OLD) else ""
        called = self.column_called.get(table.name, {}).get(name.removesuffix(OLD))
        wanted = f"{called}{ending}" if called else name
        return (kept[0], wanted) if kept and wanted in kept[1] else None

    def _put_back_column(self, table: TableChange, column: StoredColumn) -> None:
        kept = self._kept_column(table, column.name)
        if kept is None:
            return
        key = next((k for k in table.new.foreign_keys if k.column == column.name), None)
        arguments = [text_literal(kept[0]), text_literal(table.name), text_literal(column.name)]
        if kept[1] != column.name:
            arguments.append(f"name={text_literal(kept[1])}")
        if key is not None:
            arguments.append(f"target={text_literal(key.target)}")
        self.steps.call("put_back_column", *arguments)

    def _fill(self, table: TableChange, column: StoredColumn) -> None:
        document = self.documents[table.name]
        described = distinct(document, column.name)
        target = referred(document, described, self.database)
        where = [text_literal(table.name), text_literal(column.name)]
        if target is not None and described.default is None:
            self.steps.helpers |= {"lacks", "add_placeholder", "fill"}
            if not self.steps.placeholders:
                self.steps.call("begin_placeholders", text_literal(self.list_of_rows))
            inside = self._placeholder(target, ())
            self.steps.lines.append(
                f"if lacks({', '.join(where)}):\n"
                + "\n".join(f"    {line}" for line in inside)
                + f"\n    fill({', '.join(where)}, {row_of(target)})"
            )
            self.steps.made_up.append(
                f"{table.name}.{column.name}, for which a row of {target.name} is added"
            )
            return
        value = filler(described, self.database)
        if value.made_up:
            self.steps.made_up.append(f"{table.name}.{column.name}")
        arguments = [*where, text_literal(value.sql)]
        if value.sqlite != value.sql:
            arguments.append(f"sqlite={text_literal(value.sqlite)}")
        self.steps.call("fill", *arguments)

    def _placeholder(self, table: DatabaseTable, above: tuple[str, ...]) -> list[str]:
        """Statements that add a row of `table` for others to refer to."""
        if table.name in above:
            raise DocumentError(
                f"table {table.name!r} cannot get its first row, since it refers to itself",
                "Let that reference be empty.",
            )
        lines: list[str] = []
        values: list[str] = []
        for name in (item.name for item in table.all_columns):
            column = distinct(table, name)
            if column.name == "id" or (column.nullable and column.default is None):
                continue
            target = referred(table, column, self.database)
            if target is not None and column.default is None:
                lines += self._placeholder(target, (*above, table.name))
                values.append(f"{text_literal(column.name)}: {row_of(target)}")
                continue
            value = filler(column, self.database, row=self._number())
            text = self.steps.by_dialect(value.sql, value.sqlite)
            values.append(f"{text_literal(column.name)}: {text}")
        if table.name not in self.steps.placeholders:
            self.steps.placeholders.append(table.name)
        where = f'"{self.list_of_rows}", "{table.name}"'
        lines.append(f"{row_of(table)} = add_placeholder({where}, {{{', '.join(values)}}})")
        return lines

    def _number(self) -> str:
        """A number that no row has: below zero, by revision."""
        return f"-{int(self.revision)}"

    # Constraints.

    def _constraints(self, table: TableChange) -> None:
        lines = self.steps.lines
        name = table.name
        gone = [item for item in table.gone("uniques") if isinstance(item, Unique) and item.where]
        for item in (*gone, *table.gone("indexes")):
            lines.append(f'op.drop_index(op.f("{item.name}"), "{name}")')
        if table.rebuilt:
            inside = batch(table)
            between = ", ".join(table_between(table))
            lines.append(
                f'before = sa.Table("{name}", sa.MetaData(), {between})\n'
                f'with op.batch_alter_table("{name}", copy_from=before) as batch:\n'
                + "\n".join(f"    {line}" for line in inside)
            )
        come = [item for item in table.come("uniques") if isinstance(item, Unique) and item.where]
        for item in (*come, *table.come("indexes")):
            assert isinstance(item, Unique | StoredIndex)
            lines.append(create_index(name, item))
        self._put_back_values(table, retyped=False)

    def _put_back_values(self, table: TableChange, *, retyped: bool) -> None:
        """On the way back: values that were turned into others, or stood for none."""
        if self.back_from is None:
            return
        there = next(
            (item for item in self.back_from.change.altered if item.old_name == table.name), None
        )
        if there is None:
            return
        names = {new_name: old_name for old_name, new_name in there.renamed.items()}
        meant = [(item.old, item.new, OLD) for item in there.retyped]
        known = {item.new.name for item in there.retyped}
        meant += [
            (there.old.column(item.name) or item, item, "")
            for item in there.tightened
            if item.name not in known
        ]
        for was, became, ending in meant:
            kept = there.name in self.kept.columns and self.kept.columns[there.name]
            if not kept or was.name + ending not in kept[1]:
                continue
            column = names.get(was.name, was.name)
            if (column in {item.new.name for item in table.retyped}) is not retyped:
                continue
            source = column + OLD if retyped else column
            filled = self._filled(there, became)
            self.steps.helpers.add("Stored")
            self.steps.call(
                "put_back_values",
                f"({text_literal(kept[0])}, {text_literal(was.name + ending)})",
                text_literal(table.name),
                text_literal(source),
                stored_text(became),
                text_literal(column),
                stored_text(was),
                filled,
            )

    def _filled(self, there: TableChange, column: StoredColumn) -> str:
        """What stood for values that were not there, as a source expression."""
        document = self.before[there.name]
        described = distinct(document, column.name)
        if column.nullable or described.default in ("now", "today"):
            return "None"
        target = referred(document, described, self.before_database)
        if target is not None and described.default is None:
            number = f"kept_{self.revision}_placeholders WHERE of_table = '{target.name}'"
            return text_literal(f"(SELECT min(ofrow_of) FROM {number})")  # noqa: S608 names
        value = filler(described, self.before_database)
        return self.steps.by_dialect(value.sql, value.sqlite)
