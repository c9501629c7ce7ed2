"""Every setting as a flag, and the settings as a command sees them."""

from __future__ import annotations

import argparse
import typing
from typing import Any

from pydantic import SecretStr

from codex.cli.parser import SETTING, flags_of
from codex.common.config import Settings
from codex.common.config_words import allowed_values
from codex.common.configuration import Configuration, read


def add_setting_flags(parser: argparse.ArgumentParser) -> None:
    """Add a flag for each setting; a command's own flag of that name stays."""
    group = parser.add_argument_group("settings")
    taken = flags_of(parser)
    for name, about in Settings.model_fields.items():
        flag = "--" + name.replace("_", "-")
        # A secret on the command line could be read by every user of the machine.
        if flag in taken or about.annotation is SecretStr:
            continue
        group.add_argument(
            flag,
            dest=SETTING + name,
            default=None,
            metavar=_metavar(name, about.annotation),
            help=f"{about.description} ({allowed_values(about)})".replace("%", "%%"),
        )
    group.add_argument(
        "--unsafe-no-sandbox",
        dest=SETTING + "sandbox",
        action="store_const",
        const="none",
        help="run generated code with all your rights; the same as --sandbox none",
    )


def configuration(args: argparse.Namespace) -> Configuration:
    """The settings that hold for this command line, with their origins."""
    given = vars(args)
    return read({name: given.get(SETTING + name) for name in Settings.model_fields})


def settings(args: argparse.Namespace) -> Settings:
    """The settings that hold for this command line; the log begins with them."""
    import logging

    found = configuration(args).settings
    logging.basicConfig(level=found.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    return found


def _metavar(name: str, annotation: Any) -> str:
    if typing.get_origin(annotation) is typing.Literal:
        return "|".join(typing.get_args(annotation))
    if annotation is bool:
        return "true|false"
    endings = {"dir": "DIR", "file": "FILE", "url": "URL", "index": "URL"}
    if ending := endings.get(name.rpartition("_")[2]):
        return ending
    return "TEXT" if annotation is str else "N"
