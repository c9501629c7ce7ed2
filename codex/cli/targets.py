"""Where a service goes: folder, zip, git repository, image, archive, registry; flags and deeds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from codex.common.errors import UsageError

if TYPE_CHECKING:
    from codex.common.documents.application import Application
    from codex.common.services import Services
    from codex.deploy.image import ImageOrder


def add_target_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say where the service goes."""
    group = parser.add_argument_group("where it goes")
    group.add_argument(
        "--out", type=Path, metavar="DIR", help="the service's folder; folders above it are made"
    )
    group.add_argument("--zip", type=Path, metavar="FILE", help="also write a zip file")
    group.add_argument("--git", action="store_true", help="make the folder a git repository")
    group.add_argument("--image", default="", metavar="NAME:TAG", help="build a container image")
    group.add_argument(
        "--image-archive",
        type=Path,
        metavar="FILE",
        help="write an image that `docker load` takes; needs no engine, but a base",
    )
    group.add_argument("--push", default="", metavar="REF", help="push the image to a registry")
    group.add_argument(
        "--platform", default="", metavar="OS/ARCH", help="what the image is for: linux/amd64"
    )
    group.add_argument(
        "--base",
        default="",
        metavar="IMAGE|FILE",
        help="what the image starts from: its name in the engine; for an archive a saved image, "
        "or the tar or folder of a root filesystem",
    )
    group.add_argument(
        "--build-network", default="", metavar="NAME", help="the network of the image's build"
    )
    group.add_argument(
        "--pip-config",
        type=Path,
        metavar="FILE",
        help="a pip.conf for the image's build; it is no part of the image",
    )
    group.add_argument(
        "--force",
        action="store_true",
        help="write over hand edits in the folder; deploy what failed its verification",
    )


def check_targets(args: argparse.Namespace, *, builds: bool = False) -> None:
    """Refuse what cannot be done before any work is done; `builds` an image in any case."""
    if args.out is not None:
        from codex.common.handover import check_folder

        check_folder(args.out, force=args.force)
    for place in (args.zip, args.image_archive):
        if place is not None:
            from codex.common.handover import check_place

            check_place(place)
    if args.zip is not None and args.zip.is_dir():
        raise UsageError(f"{args.zip} is a folder.", "Name a file that ends in .zip.")
    if args.platform:
        from codex.deploy.references import platform

        platform(args.platform)
    if args.image or args.push:
        image_order(args).checked()
    elif builds:
        pass
    elif args.build_network or args.pip_config:
        raise UsageError(
            "--build-network and --pip-config are for an image.", "Add --image NAME:TAG."
        )
    if args.image_archive is not None:
        from codex.deploy.archive import check_archive

        check_archive(args.image_archive, args.base, args.platform, args.image)
    elif (args.base or args.platform) and not (args.image or args.push or builds):
        raise UsageError("--base and --platform are for an image.", "Add --image NAME:TAG.")


def image_order(args: argparse.Namespace) -> ImageOrder:
    """The image that the flags ask for."""
    from codex.deploy.image import ImageOrder

    return ImageOrder(
        name=args.image,
        platform=args.platform,
        base="" if args.image_archive else args.base,
        network=args.build_network,
        pip_config=args.pip_config,
        push_to=args.push,
    )


def target_folder(application: Application, args: argparse.Namespace) -> Path:
    """The folder that was named, or one with the service's name."""
    folder: Path | None = args.out
    return folder or Path(application.name.replace("_", "-"))


async def hand_over(
    application: Application, args: argparse.Namespace, services: Services, *, folder: bool = True
) -> Application:
    """Write, build and push what the flags ask for; the Application names its image then."""
    from codex.deploy.package import to_folder, to_git, to_zip

    if folder:
        pack = to_git if args.git else to_folder
        pack(application, target_folder(application, args), force=args.force)
    if args.zip:
        to_zip(application, args.zip)
    if args.image_archive:
        from codex.deploy.archive import to_archive

        await to_archive(
            application,
            args.image_archive,
            services,
            base=args.base,
            platform=args.platform,
            name=args.image,
        )
    if args.image or args.push:
        from codex.deploy.image import to_image

        image = await to_image(application, image_order(args), services)
        application = application.model_copy(update={"image": image})
    return application
