"""Pictures as bytes: what is read and refused, what is left out, sizes, formats, placeholders."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms

from fantooo.domain.errors import PictureRefused
from fantooo.infra import pictures

#: what a phone writes into a photograph
MAKER, PLACE = b"Tecno Spark 10", b"2026:11:24"


def photo(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """The upper left quarter red, the lower right blue, and some noise, so that bytes are real."""
    made = Image.effect_noise(size, 40).convert("RGB")
    made.paste((250, 10, 10), (0, 0, size[0] // 2, size[1] // 2))
    made.paste((10, 10, 250), (size[0] // 2, size[1] // 2, *size))
    return made


def saved(image: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    kept = io.BytesIO()
    image.save(kept, format_, **options)
    return kept.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010F] = MAKER.decode()
    gps = made.get_ifd(0x8825)
    gps[1], gps[2] = "S", (1.0, 17.0, 31.25)
    gps[3], gps[4] = "E", (36.0, 49.0, 12.5)
    gps[29] = PLACE.decode()
    return made


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_every_format_is_read(format_: str) -> None:
    image = pictures.read(saved(photo(), format_))
    assert (image.size, image.mode) == ((400, 300), "RGB")
    assert _colours(image) == ("red", "blue")


def _colours(image: Image.Image) -> tuple[str, str]:
    """Of the upper left and the lower right quarter."""
    found = []
    for x, y in ((0.25, 0.25), (0.75, 0.75)):
        red, _green, blue = image.getpixel((int(image.width * x), int(image.height * y)))
        found.append("red" if red > 200 > 80 > blue else "blue" if blue > 200 > 80 > red else "?")
    return found[0], found[1]


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_but_pixels_leaves(format_: str) -> None:
    secret = b"<x:xmpmeta>where I live</x:xmpmeta>"
    options: dict[str, Any] = {"exif": exif()}
    if format_ in ("WEBP", "JPEG", "AVIF"):
        options["xmp"] = secret
    sent = saved(photo(), format_, **options)
    assert MAKER in sent
    assert PLACE in sent, "the place of the photograph is in what was sent"
    image = pictures.read(sent)
    assert not image.getexif()
    assert image.info == {}
    for each in pictures.renditions(image, (128, 384)):
        assert MAKER not in each.data
        assert PLACE not in each.data
        assert secret not in each.data
        assert b"Exif" not in each.data
        with Image.open(io.BytesIO(each.data)) as opened:
            assert not opened.getexif()
            assert opened.getexif().get_ifd(0x8825) == {}
            assert set(opened.info) & {"exif", "xmp", "icc_profile", "comment"} == set()


def test_comments_of_a_jpeg_and_texts_of_a_png_leave_too() -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Author", "Wanjiru of Kilimani")
    for sent in (
        saved(photo(), "JPEG", comment=b"Wanjiru of Kilimani"),
        saved(photo(), "PNG", pnginfo=texts),
    ):
        assert b"Wanjiru" in sent
        image = pictures.read(sent)
        assert all(b"Wanjiru" not in each.data for each in pictures.renditions(image, (128,)))
        assert b"Wanjiru" not in saved(image, "PNG")


@pytest.mark.parametrize(
    ("orientation", "size", "colours"),
    [
        (1, (400, 300), ("red", "blue")),
        (3, (400, 300), ("blue", "red")),
        (6, (300, 400), ("?", "?")),
        (8, (300, 400), ("?", "?")),
    ],
)
def test_pictures_stand_upright(
    orientation: int, size: tuple[int, int], colours: tuple[str, str]
) -> None:
    for format_ in ("JPEG", "WEBP", "PNG"):
        image = pictures.read(saved(photo(), format_, exif=exif(orientation)))
        assert image.size == size
        assert _colours(image)[0] == colours[0] or colours[0] == "?"
        assert _colours(image)[1] == colours[1] or colours[1] == "?"
        if orientation == 6:
            # A quarter turn to the right: what was the upper left is the upper right.
            red, _green, blue = image.getpixel((size[0] * 3 // 4, size[1] // 4))
            assert red > 200 > blue


def test_colours_are_those_of_a_screen() -> None:
    """A profile's colours are turned into sRGB before the profile goes."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = pictures.read(saved(photo(), "JPEG", icc_profile=lab, quality=95))
    assert _colours(image) == ("red", "blue")
    assert "icc_profile" not in image.info
    broken = pictures.read(saved(photo(), "PNG", icc_profile=b"no profile"))
    assert _colours(broken) == ("red", "blue")


def test_transparent_parts_become_white() -> None:
    clear = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (0, 0, 100, 200))
    for format_ in ("PNG", "WEBP", "AVIF"):
        image = pictures.read(saved(clear, format_))
        assert min(image.getpixel((180, 100))) > 245
        assert image.getpixel((20, 100))[1] < 40
    grey = Image.new("P", (200, 200), 0)
    grey.putpalette([0, 0, 0, 255, 0, 0] + [0] * 750)
    grey.paste(1, (0, 0, 100, 200))
    image = pictures.read(saved(grey, "GIF", transparency=0))
    assert image.getpixel((180, 100)) == (255, 255, 255)


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue", "green")]
    for format_ in ("GIF", "WEBP", "AVIF"):
        sent = saved(frames[0], format_, save_all=True, append_images=frames[1:])
        red, green, blue = pictures.read(sent).getpixel((100, 100))
        assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "CMYK", "1", "I;16"])
def test_other_modes_become_rgb(mode: str) -> None:
    made = photo().convert("L") if mode == "I;16" else photo().convert(mode)
    made = made.convert("I;16") if mode == "I;16" else made
    image = pictures.read(saved(made, "JPEG" if mode == "CMYK" else "PNG"))
    assert (image.mode, image.size) == ("RGB", (400, 300))


# What is refused


def test_files_that_are_too_large_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", lambda *_a, **_k: pytest.fail("it was opened"))
    with pytest.raises(PictureRefused, match="larger than 10 MB"):
        pictures.read(b"\xff\xd8" + bytes(10 * 1024 * 1024))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "size", [(8_000, 6_300), (12_000, 9_000), (30_000, 30_000), (2**31 - 1, 1)]
)
def test_bombs_are_not_decoded(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "PIL.PngImagePlugin.PngImageFile.load", lambda *_a: pytest.fail("it was decoded")
    )
    with pytest.raises(PictureRefused, match="too many pixels"):
        pictures.read(bomb(*size))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_broken_files_are_refused_wherever_they_break(format_: str) -> None:
    sent = saved(photo(), format_)
    for share in (0.0, 0.001, 0.02, 0.3, 0.7, 0.95):
        with pytest.raises(PictureRefused):
            pictures.read(sent[: int(len(sent) * share)])
    dice = random.Random(7)
    for _round in range(60):
        spoilt = bytearray(sent)
        for _spot in range(20):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        try:
            image = pictures.read(bytes(spoilt))
        except PictureRefused:
            continue
        assert image.mode == "RGB", "what can still be read is a picture"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n",
        b"GIF89a<script>alert(1)</script>",
        saved(photo(), "BMP"),
        saved(photo(), "TIFF"),
        saved(photo(), "PPM"),
        saved(photo().convert("P"), "PCX"),
        saved(photo(), "ICO"),
        saved(photo(), "PDF"),
    ],
    ids=lambda sent: sent[:6].hex(),
)
def test_other_files_are_refused(sent: bytes) -> None:
    with pytest.raises(PictureRefused):
        pictures.read(sent)


def test_what_follows_a_picture_stays_behind() -> None:
    """A file that is a picture and something else: only the picture is kept."""
    image = pictures.read(saved(photo()) + b"<script>alert(1)</script>")
    for each in pictures.renditions(image, (128, 384)):
        assert b"script" not in each.data


@pytest.mark.parametrize("size", [(127, 400), (400, 127), (1, 1)])
def test_small_ones_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PictureRefused, match="needs 128 pixels"):
        pictures.read(saved(Image.new("RGB", size)))


def test_large_photographs_are_read_small() -> None:
    """A photograph of 48 megapixels is decoded at half its size: enough for every page."""
    image = pictures.read(saved(Image.new("RGB", (8000, 6000), "red"), quality=30))
    assert image.size == (4000, 3000)


# Sizes, formats, placeholders


def test_sizes_are_exact_in_both_formats() -> None:
    image = photo((1200, 1500))
    made = list(pictures.renditions(image, (640, 128, 384)))
    assert [(each.width, each.format) for each in made] == [
        (width, format_) for width in (640, 384, 128) for format_ in ("avif", "webp")
    ]
    for each in made:
        with Image.open(io.BytesIO(each.data)) as opened:
            opened.load()
            assert opened.format == each.format.upper()
            assert opened.size == (each.width, each.width * 5 // 4)
            assert _colours(opened.convert("RGB")) == ("red", "blue")
    for width in (640, 384):
        avif, webp = (len(each.data) for each in made if each.width == width)
        assert avif < webp, "the one that comes first is the smaller one"


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (128, (128,)),
        (639, (128, 384)),
        (640, (128, 384, 640)),
        (1920, pictures.WIDTHS),
        (4000, pictures.WIDTHS),
        (100, ()),
    ],
)
def test_no_picture_is_blown_up(width: int, widths: tuple[int, ...]) -> None:
    assert pictures.possible_widths(width) == widths


def test_heights_follow() -> None:
    assert pictures.height_at(128, 1920, 2400) == 160
    assert pictures.height_at(384, 4000, 3000) == 288
    assert pictures.height_at(128, 40_000, 100) == 1


def test_placeholders_are_small_pictures() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((300, 400), 120) for _band in range(3)])
    for image in (photo((1920, 2400)), noise, Image.new("RGB", (128, 128))):
        address = pictures.placeholder(image)
        assert len(address) <= 200
        kind, _, data = address.partition(",")
        assert kind == "data:image/webp;base64"
        with Image.open(io.BytesIO(base64.b64decode(data))) as opened:
            assert opened.size == (8, 10)
    tiny = base64.b64decode(pictures.placeholder(photo((1920, 2400))).partition(",")[2])
    with Image.open(io.BytesIO(tiny)) as opened:
        assert _colours(opened.convert("RGB"))[0] == "red"
