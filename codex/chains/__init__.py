'''One file per question to a model, and the runner that asks them.

What a chain file looks like (`codex/chains/library/name_shelf.py`):

    """Names a shelf of books."""

    from codex.chains.chain import Asking, Chain, Problem, Sentence, run

    class NameShelfInputs(Part):
        """What the prompt may name: exactly what it needs, in a fixed order, nothing varying."""

        topic: str
        """What the books are about."""
        taken: tuple[str, ...] = ()
        """Names that other shelves have."""

    class ShelfName(Part):
        """The answer. Its docstrings are prompt text: they reach the model in the schema."""

        name: str
        """The shelf's name: two words at most."""
        room: str
        """The room that it stands in."""

    TAKEN = Sentence("taken", "{name} is taken; choose another name.")

    def check(inputs: NameShelfInputs, output: ShelfName) -> Iterator[Problem]:
        if output.name in inputs.taken:
            yield TAKEN(name=output.name, at=("name",))

    CHAIN = Chain(
        name="library/name_shelf",
        purpose="Names a shelf of books.",
        inputs=NameShelfInputs,
        output=ShelfName,            # or Code, or CodeOrQuestion
        check=check,
        sentences=(TAKEN,),
        narrow=lambda inputs: {"ShelfName.room": ["attic", "hall"]},
    )

    async def name_shelf(inputs: NameShelfInputs, services: Asking, *, place: str) -> ShelfName:
        """A name for a shelf."""
        return await run(CHAIN, inputs, services, place=place)

Beside it, under the same path:

- `codex/prompts/library/name_shelf/{system,user,retry}.j2`. Every field of the inputs model is a
  variable (`{{ topic }}`); `{{ answer_schema }}` is the narrowed schema, readable, with its
  docstrings. `retry.j2` also has `problems` (sentences), `reply` and `attempt`: it becomes the user
  message after the model's own reply, which is shown with marks where the errors are. It usually
  is one line: `{% include "partials/retry.j2" %}`. Templates see data: fields, properties and
  methods of text, lists and dicts, not methods of ours.
- `codex/prompts/library/name_shelf/sample.json`: sample inputs, as JSON.
- `codex/builtin/library/name_shelf.py` with `def name_shelf(inputs) -> ShelfName` (may be async),
  or `raise NotInMyPower("why")` of `codex.common.errors`.

The answer model's docstrings, and every sentence of `check()`, can be reworded in an overlay, so
sentences are declared, never put together in place. A value that names something that exists (a
table, a route, a role) is better narrowed than checked: `narrow` gives, by `Model.field`, the
sorted names, and the schema that the model gets holds them as an enum.

`place` says what the call is for inside its run, and is unique there for its chain:
`code_graph:borrow_book`, `repair:borrow_book:2`. Asking again for the same thing in other words is
a new place; asking the same once more is a new `sample`.

    run(CHAIN, inputs, services, place=...)      -> the checked output
    answer(CHAIN, inputs, services, place=...)   -> Answer: output, journal keys, attempts, mends
    fan_out(CHAIN, {place: inputs}, services)    -> the outputs, in the order of the inputs
    settle(CHAIN, {place: inputs}, services)     -> the same, with the failure in the place of an
                                                    output that could not be had
    each(keys, work, services)                   -> the same for any function, of `chain.py`

They raise ChainExhausted, ModelRefused, NotInMyPower, BudgetReached, ModelUnreachable, ReplayMiss
or PromptError of `codex.common.errors`. Tests use `Scripted` of `codex.common.model.scripted` and
`Offline` of `codex.chains.offline`, which needs no database:

    services = Offline(Scripted({"library/name_shelf": [wrong, right]}))
    await name_shelf(inputs, services, place="sea")
    services.model.asked[-1].messages, services.events.of(ModelCalled)

Stages themselves take the whole `Services`; chain functions take `Asking`, the part that they need.
'''
