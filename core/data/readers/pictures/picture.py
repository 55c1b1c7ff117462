"""One PNG, JPEG or WebP as pixels: upright, in grey or colour, with its opacity where it is partly transparent.

Pillow decodes; what it would allocate is checked first, against the size the header claims. Orientation is the EXIF (or
XMP) tag; grey of 16 bits stays so and colour of 16 bits becomes 8; CMYK becomes RGB; the first of several frames is
taken. A picture whose shorter side has 2 KEEP pixels or more is reduced by a whole factor, each new pixel the mean of a
block, so that its shorter side keeps at least KEEP: more than any model here looks at.
"""

import io
import warnings
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt
from PIL import Image

from core.data.readers.pictures.raw import Picture, check_pixels, check_sides
from core.data.readers.table import ReadError

KEEP = 64
FORMATS = ("PNG", "JPEG", "WEBP")
ORIENTATION = 0x0112

TURNED = "turned upright by the EXIF tag"
CLEAR = "partly transparent"
DEEP = "16 bits a channel brought down to 8"
INK = "CMYK ink turned into red, green and blue"
FRAMES = "several frames in the file, the first one taken"
REDUCED = f"large, so averaged down in whole blocks to at least {KEEP} pixels across"


@dataclass(frozen=True)
class Decoded:
    """A picture (h, w, c) as RawPictures has it, its (height, width) in the file, upright, and what was done to it."""

    pixels: Picture
    found: tuple[int, int]
    remarks: tuple[str, ...]


def is_picture(raw: bytes) -> bool:
    """Whether the bytes begin like a format that is read."""
    return raw.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (raw[:4] == b"RIFF" and raw[8:12] == b"WEBP")


def claimed(raw: bytes) -> tuple[int, int]:
    """The (height, width) that a PNG or WebP header claims; (0, 0) where it claims none (Pillow allocates for WebP)."""
    if raw.startswith(b"\x89PNG"):
        return int.from_bytes(raw[20:24], "big"), int.from_bytes(raw[16:20], "big")
    if raw[12:16] == b"VP8X":
        return 1 + int.from_bytes(raw[27:30], "little"), 1 + int.from_bytes(raw[24:27], "little")
    if raw[12:16] == b"VP8 ":
        return int.from_bytes(raw[28:30], "little") & 0x3FFF, int.from_bytes(raw[26:28], "little") & 0x3FFF
    if raw[12:16] == b"VP8L":
        bits = int.from_bytes(raw[21:25], "little")
        return 1 + (bits >> 14 & 0x3FFF), 1 + (bits & 0x3FFF)
    return 0, 0


def decode(name: str, raw: bytes) -> Decoded:
    """The picture in `raw`; ReadError, naming it, for one that is too large, damaged or cut short."""
    check_pixels(name, *claimed(raw))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes, which are checked here, and of damage, which is an error here
        try:
            with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
                check_pixels(name, image.height, image.width)
                found = upright(image, raw)
        except (ReadError, MemoryError):
            raise
        except Image.DecompressionBombError:
            raise ReadError(f"{name} claims more pixels than are ever decoded; make it smaller.") from None
        except Exception:  # a decoder before hostile bytes raises anything: OSError, SyntaxError, KeyError
            raise ReadError(f"{name} is damaged or cut short; save it again.") from None
    check_sides(name, *found.pixels.shape[:2])
    return found


def upright(image: Image.Image, raw: bytes) -> Decoded:
    """The opened image as pixels, with what was done."""
    remarks = [FRAMES] if getattr(image, "n_frames", 1) > 1 else []
    height, width = image.height, image.width
    turn = orientation(image)
    if image.format == "JPEG":
        image.draft(None, (KEEP, KEEP))  # decodes at 1/2, 1/4 or 1/8 where enough is left
    image.load()
    deep = image.format == "PNG" and raw[24] == 16 and not image.mode.startswith("I")
    remarks += ([DEEP] if deep else []) + ([INK] if image.mode == "CMYK" else [])
    plain = plain_mode(image)
    factor = max(min(plain.size) // KEEP, 1)
    if factor > 1:
        plain = plain.reduce(factor)
    pixels = turned(levels(plain), turn)
    remarks += [CLEAR] if pixels.shape[2] in (2, 4) else []
    remarks += ([TURNED] if turn > 1 else []) + ([REDUCED] if min(plain.size) < min(width, height) else [])
    return Decoded(np.ascontiguousarray(pixels), (width, height) if turn >= 5 else (height, width), tuple(remarks))


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where the tag is missing or makes no sense."""
    try:
        tag = int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # a damaged tag is no reason to lose the picture
        return 1
    return tag if 1 <= tag <= 8 else 1


def turned(pixels: Picture, tag: int) -> UInt[np.ndarray, "height width c"]:
    """The picture as it is meant to be seen, given its EXIF orientation."""
    if tag >= 5:
        pixels = pixels.swapaxes(0, 1)
    # After the swap, which rows and columns run backwards: row 0 is meant to be the top, column 0 the left.
    down, across = tag in (3, 4, 7, 8), tag in (2, 3, 6, 7)
    return pixels[:: -1 if down else 1, :: -1 if across else 1]


def plain_mode(image: Image.Image) -> Image.Image:
    """The image in mode L, I (grey of 16 bits), RGB, or RGBa (colours multiplied by opacity) if it is not opaque."""
    if image.mode.startswith("I"):
        return image.convert("I")
    if image.mode in ("1", "L", "RGB", "CMYK", "YCbCr") and "transparency" not in image.info:
        return image.convert("L" if image.mode in ("1", "L") else "RGB")
    layered = image.convert("RGBA")
    return layered.convert("RGB" if layered.getchannel("A").getextrema() == (255, 255) else "RGBa")


def levels(plain: Image.Image) -> Picture:
    """The pixels of an image in one of these modes, grey in one channel."""
    if plain.mode == "I":
        return np.atleast_3d(np.clip(np.asarray(plain), 0, 65535).astype(np.uint16))
    pixels = np.atleast_3d(np.asarray(plain))
    if pixels.shape[2] >= 3 and (pixels[..., :1] == pixels[..., 1:3]).all():
        pixels = pixels[..., [0, *range(3, pixels.shape[2])]]
    return pixels
