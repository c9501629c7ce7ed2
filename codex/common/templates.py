"""Prompt templates: where they are found, what they may do, and the fingerprint of what was used.

The search order for each file is: the user's overlay folder for the model in use, the overlay, the
shipped folder for the model, the shipped default. Only differences need to be there. A changed file
takes effect on the next call.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import threading
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace
from pydantic import BaseModel

import codex
from codex.common.documents.base import unsafe_character
from codex.common.errors import PromptError
from codex.common.template_check import Source, check_loops, check_variables, read_source
from codex.common.wording import TEXTS, Wording, read_wording

SHIPPED = Path(codex.__file__).parent / "prompts"
KINDS = ("system", "user", "retry")
_RENDERED_LIMIT = 4_000_000
_PRODUCT_LIMIT = 100_000
_PLAIN = (str, list, tuple, dict)
_OWN = (Macro, LoopContext, Cycler, Joiner, Namespace)


class PromptEnvironment(ImmutableSandboxedEnvironment):
    """The one environment: sandboxed, strict, and without anything that varies between renders."""

    intercepted_binops = frozenset(["*", "**"])

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            auto_reload=False,
        )
        for name in ("attr", "random", "pprint", "urlize", "xmlattr"):
            self.filters.pop(name)
        for name in ("lipsum",):
            self.globals.pop(name)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Data only: of our models the fields and properties, of plain values what Jinja allows."""
        if isinstance(obj, BaseModel):
            return not attr.startswith(("_", "model_")) and not callable(value)
        if isinstance(obj, type) or (callable(obj) and not isinstance(obj, _OWN)):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        """Methods of plain values, macros, and the few globals."""
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, (*_PLAIN, LoopContext, Cycler, Joiner, Context)):
            return super().is_safe_callable(obj)
        return isinstance(obj, _OWN) or obj in self.globals.values()

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse products that would fill the memory."""
        sizes = [len(side) if isinstance(side, (str, Sized)) else side for side in (left, right)]
        grows = operator == "**" or any(isinstance(side, Sized) for side in (left, right))
        numbers = [abs(size) for size in sizes if isinstance(size, int)]
        if grows and math.prod(numbers) > _PRODUCT_LIMIT:
            raise SecurityError(f"the result of {operator!r} is too large")
        return super().call_binop(context, operator, left, right)


class _Closure(BaseLoader):
    """Loads what a template set has read already."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002  the shape of a loader
        template: str,
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The text of one template of the set."""
        source = self.sources.get(template)
        if source is None:
            raise TemplateNotFound(template)
        return source.text, str(source.path), None


@dataclass(frozen=True)
class TemplateSet:
    """A chain's templates as found for one model, with everything that they include."""

    chain: str
    fingerprint: str
    """The hash of the content of every file and wording that takes part."""
    files: Mapping[str, Path]
    """Every template by name, included ones too."""
    uses: Mapping[str, frozenset[str]]
    """The variables that each kind uses."""
    wording: Wording
    tried: list[bool]
    """Not empty once what is used after a rejected reply was tried."""
    derived: dict[Any, Any]
    """What was made from this set and wants to be found again: the forms of answers."""
    _environment: Environment
    stamp: tuple[Any, ...]
    """The state of the files on disk when they were read."""

    def render(self, kind: str, values: Mapping[str, Any]) -> str:
        """One template with its values; a `PromptError` with file and line where it fails."""
        name = f"{self.chain}/{kind}.j2"
        try:
            text = self._environment.get_template(name).render(values)
        except PromptError:
            raise
        except RecursionError:
            raise PromptError(
                "nests too deeply.", "Simplify it.", file=str(self.files[name])
            ) from None
        except Exception as error:  # noqa: BLE001  a template may raise anything; it is told with its place
            raise self._explained(error, name) from None
        if len(text) > _RENDERED_LIMIT:
            raise PromptError(
                f"renders to {len(text):,} characters.", "Shorten it.", file=str(self.files[name])
            )
        if character := unsafe_character(text):
            what = f"renders the character U+{ord(character):04X}, which cannot be stored."
            raise PromptError(what, "Remove it.", file=str(self.files[name]))
        return text.strip()

    def _explained(self, error: Exception, name: str) -> PromptError:
        """`error` with the place in the template where it happened."""
        ours = {str(path) for path in self.files.values()}
        file, line = str(self.files[name]), 0
        step = error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename in ours:
                file, line = step.tb_frame.f_code.co_filename, step.tb_lineno
            step = step.tb_next
        message = (
            str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
        )
        todo = "A template sees the chain's inputs only; `codex prompts show` lists them."
        return PromptError(f"{message.rstrip('.')}.", todo, file=file, line=line)


def model_folder(model: str) -> str:
    """The folder of a model's own templates: `models/gpt-5` for `openai:gpt-5`."""
    name = model.partition(":")[2] or model
    return f"models/{re.sub(r'[^A-Za-z0-9._-]', '_', name)}"


class Templates:
    """Finds, checks and keeps template sets; safe to use from several tasks and threads."""

    def __init__(self, overlay: Path | None = None, *, shipped: Path = SHIPPED) -> None:
        self.overlay = overlay
        self.shipped = shipped
        self._environment = PromptEnvironment()
        self._sets: dict[tuple[str, str, frozenset[str]], TemplateSet] = {}
        self._lock = threading.Lock()

    def roots(self, model: str = "") -> list[Path]:
        """The folders that are searched, in order."""
        bases = [self.overlay, self.shipped] if self.overlay else [self.shipped]
        folders: list[Path] = []
        for base in bases:
            if model:
                folders.append(base / model_folder(model))
            folders.append(base)
        return folders

    def find(self, name: str, model: str = "") -> Path | None:
        """The file that counts for `name`, if there is one."""
        for root in self.roots(model):
            path = root / name
            if path.is_file():
                return path
        return None

    def of(self, chain: str, variables: frozenset[str], model: str = "") -> TemplateSet:
        """The chain's templates, read again if any file changed since the last call."""
        key = (chain, model, variables)
        found = self._sets.get(key)
        if found is not None and found.stamp == self._stamp(chain, found.files, model):
            return found
        with self._lock:
            fresh = self._read(chain, variables, model)
            self._sets[key] = fresh
        return fresh

    def partial(self, name: str, values: Mapping[str, Any], model: str = "") -> str:
        """A partial on its own, such as `answer_as_json.j2`."""
        path = self.find(f"partials/{name}", model)
        if path is None:
            raise PromptError(f"the partial {name!r} does not exist.")
        source = read_source(self._environment, name, path)
        return self._environment.from_string(source.text).render(values).strip()

    def _stamp(self, chain: str, names: Mapping[str, Path], model: str) -> tuple[Any, ...]:
        """What tells whether anything changed: which files count, and their state on disk."""
        roots = [str(root) for root in self.roots(model)]
        texts = self._texts_names(chain)
        return tuple(_first(roots, name) for name in names) + tuple(
            _state(f"{root}/{name}") for root in roots for name in texts
        )

    @staticmethod
    def _texts_names(chain: str) -> tuple[str, str]:
        return f"{chain}/{TEXTS}", TEXTS

    def _read(self, chain: str, variables: frozenset[str], model: str) -> TemplateSet:
        sources: dict[str, Source] = {}
        roots = [f"{chain}/{kind}.j2" for kind in KINDS]
        waiting: list[tuple[str, str, int]] = [(name, "", 0) for name in roots]
        while waiting:
            name, file, line = waiting.pop()
            if name in sources:
                continue
            path = (
                None if ".." in name.split("/") or name.startswith("/") else self.find(name, model)
            )
            if path is None:
                searched = ", ".join(str(root) for root in self.roots(model))
                raise PromptError(
                    f"the template {name!r} does not exist.",
                    f"Searched in {searched}.",
                    file=file,
                    line=line,
                )
            source = read_source(self._environment, name, path)
            sources[name] = source
            waiting += [(included, str(path), at) for included, at in source.includes]
        check_loops(sources, roots)
        extra = {"retry": variables | RETRY_VARIABLES}
        uses = {
            kind: check_variables(sources, [f"{chain}/{kind}.j2"], extra.get(kind, variables))
            for kind in KINDS
        }
        wording = self._wording(chain, model)
        files = {name: source.path for name, source in sorted(sources.items())}
        return TemplateSet(
            chain=chain,
            fingerprint=_fingerprint(sources, wording),
            files=files,
            uses=uses,
            wording=wording,
            tried=[],
            derived={},
            _environment=self._environment.overlay(loader=_Closure(sources)),
            stamp=self._stamp(chain, files, model),
        )

    def _wording(self, chain: str, model: str) -> Wording:
        names = self._texts_names(chain)
        paths = [root / name for root in self.roots(model) for name in names]
        return read_wording([path for path in paths if path.is_file()])


RETRY_VARIABLES = frozenset({"problems", "reply", "attempt"})
"""What `retry.j2` may name beside the inputs."""


def _state(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 called for each file of each call: Path is five times slower
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _first(roots: list[str], name: str) -> tuple[str, tuple[int, int, int]] | None:
    for root in roots:
        if state := _state(f"{root}/{name}"):
            return root, state
    return None


def _fingerprint(sources: Mapping[str, Source], wording: Wording) -> str:
    digest = hashlib.sha256()
    for name, source in sorted(sources.items()):
        digest.update(f"{name}\0{source.text}\0".encode())
    for table, texts in (("fields", wording.fields), ("sentences", wording.sentences)):
        for name, text in sorted(texts.items()):
            digest.update(f"{table}:{name}\0{text}\0".encode())
    return digest.hexdigest()[:16]
