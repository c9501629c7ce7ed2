"""Examples that hold by construction: rows are made, the rule is carried out, the result noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from codex.builtin.contracts.compose import Composer
from codex.builtin.contracts.evaluate import aggregated, filtered
from codex.builtin.contracts.pieces import Composed, Piece
from codex.builtin.contracts.rows import (
    NoSuchRow,
    breaking,
    column_of,
    matching,
    referenced,
    set_at,
)
from codex.builtin.contracts.scene import Scene
from codex.builtin.contracts.world import as_json, sample
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example
from codex.common.documents.rules import (
    Aggregate,
    Argument,
    Assignment,
    Change,
    Filter,
    Formula,
    Guard,
)

# The key of a stored file is made up by the service, so no example can tell it.
UPLOADED = Argument(name="body")


class Examples:
    """Writes the examples of one route's functions."""

    def __init__(self, composer: Composer, composed: Composed) -> None:
        self.composer = composer
        self.composed = composed
        self.rule = composer.inputs.rule

    def of(self, piece: Piece) -> tuple[Example, ...]:
        """The examples of one stub, or of the main function."""
        if piece is self.composed.main:
            return tuple(self._main(piece))
        match piece.rule:
            case Filter() | Aggregate():
                return tuple(self._reading(piece, piece.rule))
            case Guard():
                return tuple(self._guard(piece, piece.rule))
            case Change():
                return tuple(self._change(piece, piece.rule))
            case _:
                return ()

    # ── figures and lists ────────────────────────────────────────────────────────────────────

    def _reading(self, piece: Piece, rule: Filter | Aggregate) -> Iterator[Example]:
        scene = self._read_scene(rule)
        yield self._read(piece, rule, scene, "only what meets the conditions counts")
        if isinstance(rule, Aggregate):
            empty = self._read_scene(rule, rows=False)
            yield self._read(piece, rule, empty, "nothing is there")

    def _read_scene(self, rule: Filter | Aggregate, *, rows: bool = True) -> Scene:
        scene = Scene(self.composer)
        if self.composer.row_of_path():
            scene.enter()
        scene.arguments(rule)
        if not rows:
            return scene
        for number in range(1, 3):
            row = matching(scene.world, rule.table, rule.where)
            self._measured(scene, rule, row, number)
            self._owned(scene, rule, row)
        for number in range(len(rule.where)):
            with suppress(NoSuchRow):
                row = breaking(scene.world, rule.table, rule.where, number)
                self._measured(scene, rule, row, 3)
                if not any(c.field == scene.world.table(rule.table).owner for c in rule.where):
                    self._owned(scene, rule, row)
        if rule.visible and scene.world.caller:
            foreign = matching(scene.world, rule.table, rule.where)
            self._measured(scene, rule, foreign, 4)
            scene.own(foreign, scene.world.add(scene.world.caller.partition(":")[0]))
        return scene

    def _owned(self, scene: Scene, rule: Filter | Aggregate, row: str) -> None:
        if rule.visible:
            scene.own(row)

    def _measured(self, scene: Scene, rule: Filter | Aggregate, row: str, number: int) -> None:
        """Give the row values for what is summed, grouped and sorted by."""
        paths: list[str] = []
        if isinstance(rule, Aggregate):
            paths += [path for path in (rule.field, rule.times, rule.group_by) if path]
        else:
            paths += [order.field for order in rule.order if order.field != "id"]
        for path in paths:
            if any(value is not None for value in scene.world.values_at(row, path)):
                continue
            column = column_of(scene.world, scene.world.table(rule.table), path)
            target = referenced(scene.world, column)
            value: Any = sample(column, number, scene.world.schema)
            if target:
                known = scene.world.references(target)
                value = known[0] if known and number == 3 else scene.world.add(target)
            set_at(scene.world, row, path, value)

    def _read(self, piece: Piece, rule: Filter | Aggregate, scene: Scene, name: str) -> Example:
        returns: JsonValue
        if isinstance(rule, Filter):
            returns = [{"id": reference} for reference in filtered(scene.world, rule)]
        else:
            figure = aggregated(scene.world, rule)
            returns = (
                [[as_json(key), as_json(value)] for key, value in figure]
                if rule.group_by
                else as_json(figure)
            )
        return Example(
            name=name,
            given=scene.given,
            settings=scene.world.chosen,
            args=scene.args(piece.parameters, **self._rows(scene)),
            returns=returns,
        )

    def _rows(self, scene: Scene) -> dict[str, str | None]:
        """The variables that hold rows."""
        table = self.composer.row_of_path()
        rows: dict[str, str | None] = {}
        if table is not None:
            rows[self.composer.variable(table)] = scene.row
            rows[self.composer.route.path_parameters[-1]] = scene.row
        return rows

    # ── guards ───────────────────────────────────────────────────────────────────────────────

    def _guard(self, piece: Piece, guard: Guard) -> Iterator[Example]:
        for holds in (True, False):
            scene = Scene(self.composer)
            self._stand(scene, guard, holds=holds)
            yield Example(
                name="it holds" if holds else "it does not hold",
                given=scene.given,
                settings=scene.world.chosen,
                args=scene.args(piece.parameters, **self._rows(scene)),
                raises=None if holds else guard.error,
            )

    def _stand(self, scene: Scene, guard: Guard, *, holds: bool) -> None:
        """Let the guard hold or not, the row of the path included."""
        on_row = self._on_path(guard)
        if self._has_row:
            broken = 0 if on_row and guard.require and not holds else None
            scene.enter(*(guard.require if on_row else ()), broken=broken)
        elif guard.require and guard.argument is None:
            self._send_guarded(scene, guard, holds=holds)
        scene.arguments(guard)
        scene.stand(guard, holds=holds)
        if not self._has_row:
            scene.send(self._own_table)

    def _send_guarded(self, scene: Scene, guard: Guard, *, holds: bool) -> None:
        """A body that meets a guard about the new row itself, or breaks it."""
        apart = Scene(self.composer)
        made = (
            matching(apart.world, guard.table, guard.require)
            if holds
            else breaking(apart.world, guard.table, guard.require, 0)
        )
        scene.body.update(apart.world.row(made))

    @property
    def _has_row(self) -> bool:
        return self.composer.row_of_path() is not None

    @property
    def _own_table(self) -> str:
        assert isinstance(self.rule, Change)
        return self.rule.table

    def _on_path(self, guard: Guard) -> bool:
        return guard.argument is None and guard.table == self.composer.row_of_path()

    # ── changes ──────────────────────────────────────────────────────────────────────────────

    def _change(self, piece: Piece, rule: Change) -> Iterator[Example]:
        scene = Scene(self.composer)
        if self._has_row:
            scene.enter()
            self._before(scene, rule)
        scene.arguments(rule)
        yield self._changed(piece, scene, rule, "it is written")

    def _before(self, scene: Scene, rule: Change) -> None:
        """Values that the change will replace, so that it can be seen."""
        assert scene.row is not None
        table = scene.world.table(rule.table)
        for item in rule.assign:
            column = table.column(item.field)
            after = scene.world.operand(item.operand, scene.row)
            if column is None or item.field in scene.world.row(scene.row):
                continue
            choices: list[Any] = [None] if column.nullable else []
            choices += [sample(column, number, scene.world.schema) for number in (1, 2)]
            before = next((v for v in choices if as_json(v) != as_json(after)), None)
            if before is not None:
                scene.world.row(scene.row)[item.field] = before

    def _changed(self, piece: Piece, scene: Scene, rule: Change, name: str) -> Example:
        """What is there after the change, and what is returned."""
        world = scene.world
        if rule.take_body or any(creation.take_body for creation in rule.create):
            scene.send(self._own_table, update=rule.take_body)
        given = scene.given
        then: dict[str, list[dict[str, JsonValue]]] = {}
        result: JsonValue = None
        own = self._values(scene, rule.assign)
        if rule.take_body:
            own |= {k: as_json(v) for k, v in scene.body.items()}
        if rule.delete:
            then[rule.table] = [
                {"id": found} for found in world.references(rule.table) if found != scene.row
            ]
        elif own and scene.row is not None:
            rows = [dict(row) for row in given.get(rule.table, ())]
            number = int(scene.row.partition(":")[2]) - 1
            then[rule.table] = [own if n == number else {} for n in range(len(rows))]
            result = own
        for creation in rule.create:
            values = self._values(scene, creation.assign)
            if creation.take_body:
                values |= {k: as_json(v) for k, v in scene.body.items()}
            before = then.get(creation.table) or [{} for _ in given.get(creation.table, ())]
            then[creation.table] = [*before, values]
            result = result if result is not None else values
        return Example(
            name=name,
            given=given,
            settings=world.chosen,
            args=scene.args(piece.parameters, **self._rows(scene)),
            returns=None if piece.returns == "None" else result or {"id": scene.row},
            then={table: tuple(rows) for table, rows in then.items()},
        )

    def _values(self, scene: Scene, assign: tuple[Assignment, ...]) -> dict[str, JsonValue]:
        return {
            item.field: as_json(scene.world.operand(item.operand, scene.row))
            for item in assign
            if item.operand != UPLOADED
        }

    # ── the main function ────────────────────────────────────────────────────────────────────

    def _main(self, piece: Piece) -> Iterator[Example]:
        rule = self.rule
        if isinstance(rule, Filter | Aggregate):
            yield self._read(piece, rule, self._read_scene(rule), "as asked for")
            return
        if isinstance(rule, Formula):
            yield self._no_file(piece)
            return
        assert isinstance(rule, Change)
        scene = self._ready(rule)
        yield self._changed(piece, scene, rule, "all is well")
        for number, guard in enumerate(rule.guards):
            refused = self._try(lambda n=number: self._ready(rule, broken=n))
            if refused is not None:
                if any(c.take_body for c in rule.create) or rule.take_body:
                    refused.send(self._own_table, update=rule.take_body)
                yield Example(
                    name=f"refused: {guard.error}",
                    given=refused.given,
                    settings=refused.world.chosen,
                    args=refused.args(piece.parameters, **self._rows(refused)),
                    raises=guard.error,
                )

    def _no_file(self, piece: Piece) -> Example:
        """A row whose file was never sent."""
        scene = Scene(self.composer)
        scene.enter()
        return Example(
            name="no file was sent",
            given=scene.given,
            args=scene.args(piece.parameters, **self._rows(scene)),
            raises="NotFound",
        )

    def _try(self, make: Callable[[], Scene]) -> Scene | None:
        try:
            return make()
        except NoSuchRow:
            return None

    def _ready(self, rule: Change, broken: int | None = None) -> Scene:
        """A scene in which every guard holds, but the one with this number and those after it."""
        scene = Scene(self.composer)
        on_row = [g for g in rule.guards if self._on_path(g) and g.require]
        if self._has_row:
            bad = rule.guards[broken] if broken is not None else None
            conditions = [c for g in on_row if g is not bad for c in g.require]
            at = None
            if bad is not None and bad in on_row:
                at = len(conditions)
                conditions += bad.require
            scene.enter(*conditions, broken=at)
            if broken is None:
                self._before(scene, rule)
        for number, guard in enumerate(rule.guards):
            holds = number != broken
            if guard.require and guard.argument is None and not self._has_row:
                self._send_guarded(scene, guard, holds=holds)
            scene.stand(guard, holds=holds)
        scene.arguments(rule)
        return scene
