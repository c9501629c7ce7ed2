"""Names of images and platforms: what an engine takes is taken, everything else is explained."""

from __future__ import annotations

import pytest

from codex.common.errors import InputError
from codex.deploy.references import image_reference, platform


@pytest.mark.parametrize(
    ("text", "repository", "tag"),
    [
        ("library", "library", "latest"),
        ("library:1.0", "library", "1.0"),
        ("team/my-app__x.y:V_1-2", "team/my-app__x.y", "V_1-2"),
        ("localhost/library", "localhost/library", "latest"),
        ("127.0.0.1:5000/library:1", "127.0.0.1:5000/library", "1"),
        ("[::1]:5000/a/b", "[::1]:5000/a/b", "latest"),
        ("Registry.example.org/a", "Registry.example.org/a", "latest"),
    ],
)
def test_a_name_is_taken_apart(text: str, repository: str, tag: str) -> None:
    found = image_reference(text)
    assert (found.repository, found.tag) == (repository, tag)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ":",
            "a:",
            ":1",
            "A",
            "a b",
            "a/",
            "/a",
            "a//b",
            "../x",
            "a..b",
            "-a",
            "a-",
            "ä",
            "a\n",
        ),
        *("a:b c", "a:-x", "a:.x", f"a:{'x' * 129}", "x" * 256, "x" * 10_000, "a@sha256:00"),
        *("host:port/a", "host:99999/a", "host.-x/a", "a:1:2", "f" * 64, "http://x/y", "a;rm -rf"),
    ],
)
def test_everything_else_is_refused_in_a_line(text: str) -> None:
    with pytest.raises(InputError, match="is no name of an image") as caught:
        image_reference(text)
    assert len(caught.value.what) < 300
    assert "\n" not in caught.value.what


@pytest.mark.parametrize(
    "text", ["", "linux/amd64", "linux/arm64", "linux/arm64/v8", "linux/arm/v7"]
)
def test_platforms(text: str) -> None:
    assert platform(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "amd64",
        "linux",
        "linux/",
        "windows/amd64",
        "linux/amd64/x",
        "linux/z80",
        "Linux/amd64",
        "x" * 9999,
    ],
)
def test_other_platforms_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no platform") as caught:
        platform(text)
    assert len(caught.value.what) < 300
