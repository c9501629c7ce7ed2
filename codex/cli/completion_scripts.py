"""Writes the completion scripts of bash, zsh and fish from the places of the command line.

Each script walks the words before the cursor: a subcommand leads to its place (`config/show`), the
value of a flag is passed over; then it offers what the place knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

FILES, FOLDERS = "<files>", "<folders>"


@dataclass(frozen=True)
class Flag:
    """A flag: how it is spelled, what it means, and what may follow it."""

    names: tuple[str, ...]
    about: str
    takes_value: bool
    values: tuple[str, ...]
    """The words that may follow, or FILES or FOLDERS alone; empty for a free text."""


@dataclass(frozen=True)
class Place:
    """Where the cursor can be: after these commands."""

    path: tuple[str, ...]
    flags: tuple[Flag, ...]
    words: tuple[tuple[str, str], ...]
    """Subcommands or the values of an argument, each with its meaning."""
    files: bool
    """Whether a file may stand here."""
    is_leaf: bool
    """Whether no subcommand can follow."""

    @property
    def key(self) -> str:
        """The place as the scripts spell it."""
        return "/".join(self.path)


class CommandLine:
    """All places, and what the three scripts need to know of them together."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = list(places)
        leaves = [place for place in self.places if place.is_leaf]
        self.shared = [
            flag for flag in leaves[0].flags if all(flag in leaf.flags for leaf in leaves)
        ]
        """The flags that every leaf has, written once instead of at each."""
        self.leaves = [leaf.key for leaf in leaves]
        self.steps = [f"{'/'.join(place.path[:-1])}/{place.path[-1]}" for place in self.places[1:]]
        """The patterns `place/word` that lead to another place."""
        takers: dict[tuple[str, ...], Flag] = {}
        for flag in (flag for place in self.places for flag in place.flags if flag.takes_value):
            takers[flag.names] = merged(takers.get(flag.names, flag), flag)
        self.takers = list(takers.values())
        """Every flag that takes a value; one that commands use differently offers all of it."""

    def own(self, place: Place) -> list[Flag]:
        """The flags of a place that are not among the shared ones."""
        return [flag for flag in place.flags if not (place.is_leaf and flag in self.shared)]


def merged(one: Flag, other: Flag) -> Flag:
    """A flag with the values of both; files include folders."""
    values = tuple(dict.fromkeys((*one.values, *other.values)))
    for kind in (FILES, FOLDERS):
        if kind in values:
            values = (kind,)
    return replace(one, values=values)


def spelled(flags: Iterable[Flag]) -> list[str]:
    """Every spelling of some flags."""
    return [name for flag in flags for name in flag.names]


def filled(template: str, **parts: str) -> str:
    """The template with each `@NAME@` replaced."""
    for name, text in parts.items():
        template = template.replace(f"@{name}@", text)
    return template


def quoted(text: str) -> str:
    """`text` as one word of bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def by_value(
    flag: Flag, files: str, folders: str, text: str, words: Callable[[Sequence[str]], str]
) -> str:
    """What a script does where a flag's value is to follow."""
    if flag.values == (FILES,):
        return files
    if flag.values == (FOLDERS,):
        return folders
    return words(flag.values) if flag.values else text


BASH = r"""# bash completion of codex; load it with: source <(codex completion bash)
_codex() {
    local IFS=$'\n' current="${COMP_WORDS[COMP_CWORD]}"
    local place='' previous='' flags='' words='' files='' word index
    for ((index = 1; index < COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        [[ $word == '=' ]] && continue  # bash splits --flag=value in three
        case "$previous" in
            @TAKERS@) previous=; continue ;;
        esac
        case "$place/$word" in
            @STEPS@) place="${place:+$place/}$word" ;;
        esac
        previous="$word"
    done
    [[ $current == '=' ]] && current=''
    case "$previous" in
@VALUES@
    esac
    case "$place" in
@PLACES@
    esac
    case "$place" in
        @LEAVES@) flags+=$'\n'@SHARED@ ;;
    esac
    if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$flags" -- "$current"))
        return
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if [[ $files ]]; then
        compopt -o filenames
        COMPREPLY+=($(compgen -f -- "$current"))
    fi
}
complete -F _codex codex
"""


def bash_words(words: Iterable[str]) -> str:
    """Words as `compgen -W` takes them, one in each line."""
    return "$" + quoted("\\n".join(words))


def bash(line: CommandLine) -> str:
    """The script for bash."""
    values: list[str] = []
    for flag in line.takers:
        action = by_value(
            flag,
            files='compopt -o filenames; COMPREPLY=($(compgen -f -- "$current"))',
            folders='compopt -o filenames; COMPREPLY=($(compgen -d -- "$current"))',
            text="COMPREPLY=()",
            words=lambda words: f'COMPREPLY=($(compgen -W {bash_words(words)} -- "$current"))',
        )
        values.append(f"        {'|'.join(flag.names)}) {action}; return ;;")
    places = [
        f"        {quoted(place.key)})\n"
        f"            flags={bash_words(spelled(line.own(place)))}\n"
        f"            words={bash_words(word for word, _ in place.words)}\n"
        f"            files={'yes' if place.files else ''} ;;"
        for place in line.places
    ]
    return filled(
        BASH,
        TAKERS="|".join(spelled(line.takers)),
        STEPS="|".join(line.steps),
        VALUES="\n".join(values),
        PLACES="\n".join(places),
        LEAVES="|".join(line.leaves),
        SHARED=bash_words(spelled(line.shared)),
    )


ZSH = r"""#compdef codex
# zsh completion of codex; load it with: source <(codex completion zsh)
_codex() {
    local place='' previous='' files='' word
    local -a flags items
    for word in "${(@)words[2,CURRENT-1]}"; do
        case "$previous" in
            (@TAKERS@) previous=; continue ;;
        esac
        case "$place/$word" in
            (@STEPS@) place="${place:+$place/}$word" ;;
        esac
        previous="$word"
    done
    if [[ $PREFIX == --*=* ]]; then
        previous="${PREFIX%%=*}"
        compset -P '*='
    fi
    case "$previous" in
@VALUES@
    esac
    case "$place" in
@PLACES@
    esac
    case "$place" in
        (@LEAVES@) flags+=(@SHARED@) ;;
    esac
    if [[ $PREFIX == -* ]]; then
        _describe -o flag flags
        return
    fi
    (( $#items )) && _describe word items
    [[ -n $files ]] && _files
}
if (( ! $+functions[compdef] )); then autoload -Uz compinit && compinit; fi
if [[ $funcstack[1] == _codex ]]; then _codex "$@"; else compdef _codex codex; fi
"""


def zsh_items(items: Iterable[tuple[str, str]]) -> str:
    """Words with meanings, as `_describe` takes them."""
    escaped = ((word.replace(":", "\\:"), about) for word, about in items)
    return " ".join(quoted(f"{word}:{about}" if about else word) for word, about in escaped)


def zsh(line: CommandLine) -> str:
    """The script for zsh."""
    values: list[str] = []
    for flag in line.takers:
        action = by_value(
            flag,
            files="_files",
            folders="_files -/",
            text="_message value",
            words=lambda words: (
                f"items=({zsh_items((word, '') for word in words)}); _describe value items"
            ),
        )
        values.append(f"        ({'|'.join(flag.names)}) {action}; return ;;")

    def flag_items(flags: Iterable[Flag]) -> str:
        return zsh_items((name, flag.about) for flag in flags for name in flag.names)

    places = [
        f"        ({quoted(place.key)})\n"
        f"            flags=({flag_items(line.own(place))})\n"
        f"            items=({zsh_items(place.words)})\n"
        f"            files={'yes' if place.files else ''} ;;"
        for place in line.places
    ]
    return filled(
        ZSH,
        TAKERS="|".join(spelled(line.takers)),
        STEPS="|".join(line.steps),
        VALUES="\n".join(values),
        PLACES="\n".join(places),
        LEAVES="|".join(line.leaves),
        SHARED=flag_items(line.shared),
    )


FISH = r"""# fish completion of codex; load it with: codex completion fish | source
function __codex_place
    set -l place ''
    set -l previous ''
    for word in (commandline -opc)[2..-1]
        switch $previous
            case @TAKERS@
                set previous ''
                continue
        end
        switch "$place/$word"
            case @STEPS@
                set place (string trim -l -c / -- "$place/$word")
        end
        set previous $word
    end
    echo $place
end
function __codex_at
    contains -- (__codex_place) $argv
end
complete -c codex -f
@LINES@
"""


def fish_quoted(text: str) -> str:
    """`text` as one word of fish."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_flag(flag: Flag, condition: str) -> str:
    """The line that tells fish of a flag."""
    names = " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names
    )
    follows = by_value(
        flag,
        files=" -r -F",
        folders=" -x -a '(__fish_complete_directories)'",
        text=" -x" if flag.takes_value else "",
        words=lambda words: f" -x -a {fish_quoted(' '.join(words))}",
    )
    return f"complete -c codex -n {condition} {names}{follows} -d {fish_quoted(flag.about)}"


def fish(line: CommandLine) -> str:
    """The script for fish."""
    lines: list[str] = []
    for place in line.places:
        condition = fish_quoted(f"__codex_at {fish_quoted(place.key)}")
        lines += [fish_flag(flag, condition) for flag in line.own(place)]
        lines += [
            f"complete -c codex -n {condition} -a {fish_quoted(word)} -d {fish_quoted(about)}"
            for word, about in place.words
        ]
        if place.files:
            lines.append(f"complete -c codex -n {condition} -F")
    everywhere = fish_quoted("__codex_at " + " ".join(line.leaves))
    lines += [fish_flag(flag, everywhere) for flag in line.shared]
    return filled(
        FISH,
        TAKERS=" ".join(spelled(line.takers)),
        STEPS=" ".join(line.steps),
        LINES="\n".join(lines),
    )
