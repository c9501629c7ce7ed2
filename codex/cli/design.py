"""Turns a request into a specification: asks, shows, takes corrections, ends on "accept".

REQUEST is the text itself, @FILE for a file's content, or - for standard input. Without a terminal,
or with --yes, questions take their defaults and nothing is asked. Exit code 3 where something of
the request was not understood.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codex.cli.asking import typed_line
from codex.cli.output import show_json
from codex.cli.progress import Silent
from codex.cli.settings import settings
from codex.cli.working import Order, working
from codex.common.errors import EXIT_DONE, EXIT_INCOMPLETE, InputError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from codex.common.config import Settings
    from codex.common.documents.run import Run
    from codex.common.documents.specification import InterviewQuestion, Specification
    from codex.common.services import Services

# More than this is refused before it is read: no request is that long.
LARGEST_FILE = 1_000_000
_ACCEPT = frozenset({"accept", "a", "yes", "y", "ok", "done"})
_STOP = frozenset({"quit", "q", "exit", "abort", "cancel"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "request", metavar="REQUEST", help="the text, @FILE, or - for standard input"
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing; take the defaults")
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help='answers as JSON {"Q1": "…"} or lines "Q1: …"'
    )
    parser.add_argument(
        "--feedback",
        action="append",
        default=[],
        metavar="TEXT",
        help="a correction to apply before anything is shown; may be repeated",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the specification goes")


async def run(args: argparse.Namespace) -> int:
    """Agree on a specification, write it, say what is missing."""
    from codex.design import read_request
    from codex.design.interview import read_answers

    chosen = settings(args)
    order = Order(
        "design",
        request=read_request(request_text(args.request)),
        answers=read_answers(args.answers) if args.answers else {},
        feedback=args.feedback,
    )
    return await carry_out(order, args, chosen)


async def carry_out(
    order: Order, args: argparse.Namespace, chosen: Settings, resume: Run | None = None
) -> int:
    """The same for a run that begins, or that goes on."""
    from codex.common.handover import check_file, write_text

    check_file(args.out)
    # Whoever pipes the request or the result in or out is no partner for a conversation.
    piped = resume is None and args.request == "-"
    asks = not args.yes and not args.json and not piped and sys.stdin.isatty()
    async with working(order, args, chosen, resume, view=Silent() if asks else None) as work:
        agree = _conversation if asks else _quietly
        document = await agree(order.request, {**order.answers}, order.feedback, work.services)
        await work.services.store.save(document, run_id=work.services.run_id)
        missing = [f"Not understood: {' '.join(i.quote.split())}" for i in document.not_understood]
        await work.finish(missing)
    if args.out:
        write_text(args.out, document.to_json())
    show(document, args, already=asks)
    return EXIT_INCOMPLETE if missing else EXIT_DONE


def request_text(argument: str) -> str:
    """The request that a command line names; the same wherever it comes from, ends of lines too."""
    return _read(argument).strip()


def _read(argument: str) -> str:
    if argument == "-":
        return _decoded(sys.stdin.buffer.read(LARGEST_FILE + 1), "standard input")
    if not argument.startswith("@"):
        return argument
    path = Path(argument[1:])
    try:
        with path.open("rb") as file:
            return _decoded(file.read(LARGEST_FILE + 1), str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Name a file.") from None


def _decoded(data: bytes, source: str) -> str:
    if len(data) > LARGEST_FILE:
        raise InputError(
            f"{source} has more than {LARGEST_FILE:,} bytes; no request is that long.",
            "Give the text that says what the service must do.",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
        ) from None


async def _quietly(
    request: str, answers: dict[str, str], feedback: Sequence[str], services: Services
) -> Specification:
    from codex.design import design

    return await design(request, services=services, answers=answers, feedback=feedback)


async def _conversation(
    request: str, answers: dict[str, str], feedback: Sequence[str], services: Services
) -> Specification:
    """Ask, show, take corrections, until the client accepts."""
    from rich.console import Console

    from codex.common.errors import ChainExhausted
    from codex.design import design
    from codex.design.table import shown

    console = Console(stderr=True)
    answers = {**await ask_questions(request, answers, services), **answers}
    said = list(feedback)
    document = await design(request, services=services, answers=answers, feedback=said)
    while True:
        console.print(shown(document))
        text = await _line('A correction, or "accept" (or "quit"): ')
        if text.lower() in _ACCEPT:
            return document
        if text.lower() in _STOP:
            raise UsageError("The specification was not accepted.", "Run it again when you like.")
        try:
            document = await design(
                request, services=services, answers=answers, feedback=[*said, text]
            )
        except (ChainExhausted, InputError) as error:
            console.print(f"[red]{error.what}[/red] What was agreed before stands.")
            continue
        said.append(text)


async def ask_questions(
    request: str, answers: dict[str, str], services: Services
) -> dict[str, str]:
    """The client's answers in the terminal to what matters and no file answered."""
    from rich.console import Console

    from codex.design import questions

    return await _ask(await questions(request, services=services), answers, Console(stderr=True))


async def _ask(
    asked: Sequence[InterviewQuestion], answers: dict[str, str], console: Console
) -> dict[str, str]:
    """The client's answers to the questions that no file answered; an empty line is the default."""
    from rich.markup import escape

    found: dict[str, str] = {}
    for question in asked:
        if question.id in answers or question.text in answers:
            continue
        console.print(f"\n[bold]{escape(question.text)}[/bold]  [dim]{escape(question.why)}[/dim]")
        if question.choices:
            console.print(f"  {escape(' | '.join(question.choices))}")
        if text := await _line(f"  [{question.default}] ", empty=True):
            found[question.id] = text
    return found


async def _line(prompt: str, *, empty: bool = False) -> str:
    """One line of the client; the end of the input is an acceptance of what stands."""
    while True:
        line = await typed_line(prompt)
        if not line:
            return "" if empty else "accept"
        if line.strip() or empty:
            return line.strip()


def show(document: Specification, args: argparse.Namespace, *, already: bool) -> None:
    """The document as JSON, or as tables unless the client has just seen them."""
    if args.json:
        show_json(json.loads(document.to_json()))
        return
    if not already:
        from rich.console import Console

        from codex.design.table import shown

        Console(soft_wrap=False).print(shown(document))
    if document.not_understood:
        print(
            "The rest can be built: say the clauses above in other words, leave them out, or use a "
            'language model, for example: --model "openai:gpt-5".',
            file=sys.stderr,
        )
    if args.out:
        print(f"Written to {args.out}.", file=sys.stderr)
