"""Pictures as bytes: reading what somebody sent, sizes and formats for pages, placeholders.

All of this is CPU work: it belongs in jobs and processes of its own, in a web worker only behind
``infra.threads``.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from fantooo.domain.errors import PictureRefused

#: the sizes pages ask for, in pixels of width
WIDTHS = (128, 384, 640, 1080, 1920)
#: the smaller file first: browsers take the first they know
FORMATS = ("avif", "webp")
MOST_BYTES = 10 * 1024 * 1024
#: what a phone's camera makes, and no more; decoding takes three bytes for each
MOST_PIXELS = 50_000_000
READABLE = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
#: what phones and cameras make; fewer decoders meet what strangers send
PHOTOGRAPHS = ("JPEG", "PNG", "WEBP")
#: Slower encoding saves a seventh of the bytes for eight times the time.
_ENCODING: dict[str, dict[str, int]] = {
    "avif": {"quality": 55, "speed": 8, "max_threads": 1},
    "webp": {"quality": 80, "method": 4},
}
_PLACEHOLDER = (8, 10)


@dataclass(frozen=True)
class Rendition:
    """One picture in one size and format."""

    width: int
    format: str
    data: bytes


def read(data: bytes, formats: tuple[str, ...] = READABLE) -> Image.Image:
    """A picture that somebody sent, upright, in sRGB, without anything but its pixels.

    One of ``formats``, of which the first frame counts; transparent parts become white. Raises
    ``PictureRefused`` for anything else, and for what is too large, too small or broken.
    """
    if len(data) > MOST_BYTES:
        raise PictureRefused(f"The picture is larger than {MOST_BYTES // 1024**2} MB")
    try:
        with Image.open(io.BytesIO(data), formats=formats) as opened:
            _check(opened.width, opened.height)
            # A large JPEG is decoded at a half or a quarter, where that still is enough for every page.
            opened.draft(None, (WIDTHS[-1], WIDTHS[-1]))
            opened.load()
            return _only_pixels(ImageOps.exif_transpose(opened), opened.info.get("icc_profile"))
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused("The picture has too many pixels") from error
    except Exception as error:
        # Decoders raise whatever a broken file leads them to.
        raise PictureRefused from error


def renditions(
    image: Image.Image, widths: Iterable[int], formats: tuple[str, ...] = FORMATS
) -> Iterator[Rendition]:
    """``image`` in each of ``widths`` and ``formats``, the largest first.

    Nothing is drawn larger than it is: give only what ``possible_widths`` names.
    """
    smaller = image
    for width in sorted(widths, reverse=True):
        height = height_at(width, image.width, image.height)
        smaller = smaller.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        for format_ in formats:
            kept = io.BytesIO()
            smaller.save(kept, format_.upper(), **_ENCODING[format_])
            yield Rendition(width, format_, kept.getvalue())


def possible_widths(width: int) -> tuple[int, ...]:
    """Those of ``WIDTHS`` in which a picture so wide can be shown."""
    return tuple(each for each in WIDTHS if each <= width)


def height_at(width: int, full_width: int, full_height: int) -> int:
    """The height of a picture shown ``width`` pixels wide."""
    return max(1, round(width * full_height / full_width))


def placeholder(image: Image.Image) -> str:
    """The picture in a few blurred spots, as a ``data:`` address of at most 200 characters."""
    tiny = image.resize(_PLACEHOLDER, Image.Resampling.BOX)
    for quality in (40, 10, 0):
        kept = io.BytesIO()
        tiny.save(kept, "WEBP", quality=quality, method=6)
        address = "data:image/webp;base64," + base64.b64encode(kept.getvalue()).decode()
        if len(address) <= 200:
            return address
    return ""


def _check(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureRefused("The picture has too many pixels")
    if min(width, height) < WIDTHS[0]:
        raise PictureRefused(f"The picture needs {WIDTHS[0]} pixels on each side")


def _only_pixels(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as screens have them, and a new image that no metadata can travel with."""
    if profile and image.mode in ("RGB", "CMYK", "L"):
        image = _in_srgb(image, profile)
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    clean = Image.new("RGB", image.size)
    clean.paste(image.convert("RGB"))
    return clean


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, given, srgb, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError):
        # A profile that fits nothing says nothing.
        return image
