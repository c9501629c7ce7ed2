"""The prompts: list, show, check and edit them; try one for real; compare two versions.

Nothing here needs Python. A folder of yours (`prompts_dir`) holds only what you change; the guide
docs/guides/prompts.md goes from "I want to change a wording" to "it is measurably better".
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from codex.cli.output import show_columns, show_json
from codex.cli.prompts_given import inputs_of, mode_of, templates_of

if TYPE_CHECKING:
    from codex.common.config import Settings

PARTS = ("system", "user", "retry", "texts", "sample")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def add(name: str, about: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=about, description=f"{about.capitalize()}.")

    add("list", "list the chains with their files, fingerprints, and where each file comes from")
    show = add("show", "show a chain's prompt, rendered with its sample inputs")
    _add_chain(show)
    _add_inputs(show)
    check = add("check", "find what is wrong with templates before they cost anything")
    check.add_argument("chain", nargs="*", metavar="CHAIN", help="only these")
    edit = add("edit", "copy a chain's template into your folder and open your editor")
    _add_chain(edit)
    edit.add_argument(
        "--part",
        default="user",
        metavar="PART",
        help=f"{', '.join(PARTS)}, or a shared one such as partials/retry.j2 (default: user)",
    )
    edit.add_argument("--no-open", action="store_true", help="only copy, and print the path")
    trial = add(
        "try", "ask one chain for real, and show prompt, reply, checks, tokens, price, time"
    )
    _add_chain(trial)
    _add_inputs(trial)
    trial.add_argument("-n", type=int, default=1, metavar="N", help="independent answers")
    compare = add("compare", "put the same inputs through two prompt versions")
    _add_chain(compare)
    compare.add_argument(
        "--with", dest="overlay", required=True, metavar="DIR", help="the other version's folder"
    )
    compare.add_argument(
        "--on",
        default="recorded",
        metavar="FILE",
        help="`recorded` (the default), `sample`, or a JSON file with a list of inputs",
    )
    compare.add_argument("--most", type=int, default=20, metavar="N", help="inputs at most")
    compare.add_argument(
        "--through", metavar="STAGE", help="run on to this stage to see the effect downstream"
    )


def _add_chain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chain", metavar="CHAIN", help="its path, or the last part of it")


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--inputs", metavar="FILE", help="inputs as JSON in place of the sample that ships"
    )


def run(args: argparse.Namespace) -> Any:
    """Do what was chosen; `try` and `compare` are awaited."""
    from codex.cli.settings import settings

    chosen = settings(args)
    if args.action in {"try", "compare"}:
        from codex.cli import prompts_bench

        return {"try": prompts_bench.try_chain, "compare": prompts_bench.compare}[args.action](
            chosen, args
        )
    actions = {"list": _list, "show": _show, "check": _check, "edit": _edit}
    return actions[args.action](chosen, args)


def _list(chosen: Settings, args: argparse.Namespace) -> int:
    from codex.chains.catalogue import Entry, entry_of
    from codex.chains.registry import all_chains
    from codex.common.errors import PromptError

    templates = templates_of(chosen)
    entries: list[Entry] = []
    broken: list[PromptError] = []
    for chain in all_chains():
        try:
            entries.append(entry_of(chain, templates, chosen.model))
        except PromptError as error:
            broken.append(error)
    if args.json:
        show_json([entry.as_json(templates) for entry in entries])
    for entry in () if args.json else entries:
        print(f"{entry.name}  {entry.fingerprint}\n  {entry.purpose}")
        for name in entry.files:
            print(f"  {name} ({entry.origin(name, templates)})")
        if entry.reworded:
            print(f"  reworded: {', '.join(entry.reworded)}")
    for error in broken:
        print(f"broken: {error.what} {error.todo}", file=sys.stderr)
    return int(bool(broken))


def _show(chosen: Settings, args: argparse.Namespace) -> int:
    from codex.chains.catalogue import show
    from codex.chains.registry import load_chain

    chain, templates = load_chain(args.chain), templates_of(chosen)
    inputs = inputs_of(chain, args, templates)
    shown = show(chain, inputs, templates, chosen.model, mode_of(chosen))
    if args.json:
        show_json(shown.as_json())
        return 0
    for message in shown.prompt.messages:
        print(f"--- {message.role} ---\n{message.content}\n")
    print(f"--- after a rejected reply ---\n{shown.retry}\n")
    if shown.sentences:
        print("--- sentences of its check ---")
        show_columns((name, text) for name, text in shown.sentences.items())
    print(
        f"\nabout {shown.tokens:,} tokens, fingerprint {shown.prompt.fingerprint}", file=sys.stderr
    )
    return 0


def _check(chosen: Settings, args: argparse.Namespace) -> Any:
    from codex.chains.prompt_check import check_chain, check_stable, check_unused
    from codex.chains.registry import all_chains, load_chain

    templates, mode = templates_of(chosen), mode_of(chosen)
    chains = [load_chain(name) for name in args.chain] or all_chains()
    findings = [
        finding for chain in chains for finding in check_chain(chain, templates, chosen.model, mode)
    ]
    broken = {finding.chain for finding in findings if finding.level == "error"}
    sound = [chain.name for chain in chains if chain.name not in broken]
    findings += check_stable(sound, templates, chosen.model, mode)
    if not args.chain:
        findings += check_unused(chains, templates, ["", chosen.model])
    failed = any(finding.level == "error" for finding in findings)
    if templates.overlay is None or failed:
        return _told(args, chains, findings, {})
    from codex.cli.prompts_bench import price_of_overlay

    async def with_price() -> int:
        return _told(args, chains, findings, await price_of_overlay(chosen, chains, templates))

    return with_price()


def _told(args: argparse.Namespace, chains: Any, findings: Any, anew: dict[str, Any]) -> int:
    """Print what was found; 1 where something is wrong."""
    failed = any(finding.level == "error" for finding in findings)
    if args.json:
        found = [finding.as_json() for finding in findings]
        show_json({"chains": len(chains), "findings": found, "asked_anew": anew or None})
        return int(failed)
    for finding in findings:
        print(f"{finding.level}: {finding.chain or 'overlay'}: {finding.what}")
    if anew:
        price = "an unknown price" if anew["usd"] is None else f"${anew['usd']}"
        print(
            f"{anew['anew']} of {anew['recorded']} recorded calls would be asked anew, "
            f"which cost {price} when they were asked."
        )
        show_columns(
            (item["chain"], f"{item['anew']} of {item['recorded']}")
            for item in anew["chains"]
            if item["anew"]
        )
    print(f"{len(chains)} chains, {len(findings)} findings.", file=sys.stderr)
    return int(failed)


def _edit(chosen: Settings, args: argparse.Namespace) -> int:
    from codex.chains.registry import load_chain
    from codex.cli.prompts_edit import edit

    return edit(chosen, load_chain(args.chain), args)
