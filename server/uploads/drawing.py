"""The process that decodes pictures and draws them anew. Run by ``images``; reads orders from stdin, a line each.

The one place where foreign bytes meet libraries written in C. It has bounds that it cannot lift: memory, processor
time, the size of what it writes. It imports nothing of the program but ``jpeg``, and knows no secrets.

What is drawn has pixels and nothing else: no EXIF, GPS, XMP, comments, colour profile or appended data. Rotation is
applied, colours are converted to sRGB. Animated GIFs stay animated and TIFFs keep their pages; of animated PNG and WebP
the first picture stays.
"""

import io
import json
import resource
import sys
import warnings
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

from server.uploads import jpeg

MIB: Final = 1_048_576
MEMORY_BYTES: Final = 256 * MIB
PIXEL_BYTES: Final = 20
"""Memory for the libraries, and for each pixel that is allowed. Measured at 40 and 64 million pixels: JPEG turned round
9 and 9, HEIC 10, AVIF 11, WebP 17 bytes a pixel."""
MOST_MEMORY_BYTES: Final = 1536 * MIB
CPU_SECONDS: Final = 20
WRITTEN_BYTES: Final = 256 * MIB
MANY: Final = 4
"""All frames or pages together may have so many times the pixels that one picture may have."""
FRAMES: Final = 1_000
JPEG_QUALITY: Final = 90
FORMATS: Final = {
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tiff": "TIFF",
    ".heic": "HEIF",
    ".webp": "WEBP",
    ".avif": "AVIF",
}


class Refused(Exception):
    """The picture is not taken: a reason of ``domain.files.Reason``, and a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def redraw(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order; the answer's type and size."""
    Image.MAX_IMAGE_PIXELS = order["max_pixels"]
    with opened(order) as image:
        check_pixels(image, order["max_pixels"])
        many = order["extension"] in (".gif", ".tiff") and count_pages(order)
        if many and order["extension"] == ".tiff":
            return draw_pages(image, order, many)
        if many > 1:
            return draw_animation(image, order)
        return draw_picture(image, order)


def opened(order: dict[str, Any]) -> Image.Image:
    """The picture, of no other type than was ordered."""
    return Image.open(order["source"], formats=[FORMATS[order["extension"]]])


def check_pixels(image: Image.Image, most: int) -> None:
    """Before anything is decoded."""
    if image.width * image.height > most:
        told = f"{image.width} x {image.height}"
        raise Refused("pixels", f"This picture has too many pixels ({told}); at most {most // 1_000_000} million.")


def draw_picture(image: Image.Image, order: dict[str, Any]) -> dict[str, Any]:
    """JPEG, PNG and BMP as they are; what phones make as JPEG, or as PNG where JPEG would lose something."""
    extension, sampling = order["extension"], -1
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(image)
        if jpeg.ended_early(image, order["source"]):
            raise Refused("broken", "This picture is damaged or cut off.")
    lossless = extension == ".webp" and _is_lossless(order["source"])
    clean = cleaned(image)
    if extension in (".heic", ".webp", ".avif"):
        extension = ".png" if lossless or _is_transparent(clean) else ".jpeg"
    if extension == ".jpeg":
        clean = clean if clean.mode in ("L", "RGB") else clean.convert("RGB")
        clean.save(order["file"], "JPEG", quality=JPEG_QUALITY, subsampling=sampling, progressive=True)
    else:
        clean.save(order["file"], FORMATS[extension])
    draw_thumbnail(clean, order)
    return {"extension": extension, "width": clean.width, "height": clean.height}


def cleaned(image: Image.Image) -> Image.Image:
    """The pixels alone: upright, in sRGB, eight bits a channel."""
    image.load()
    upright = ImageOps.exif_transpose(image)
    profile = image.info.get("icc_profile")
    transparency = upright.info.get("transparency")
    plain = _eight_bits(_in_srgb(upright, profile) if profile else upright)
    plain.info = {} if transparency is None or plain.mode not in ("P", "L", "RGB") else {"transparency": transparency}
    return plain


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Without its profile a picture from a phone would lose its colours. A profile that makes no sense is dropped."""
    modes = {"RGB": "RGB", "RGBA": "RGBA", "CMYK": "RGB"}
    if image.mode not in modes:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=modes[image.mode]
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def _eight_bits(image: Image.Image) -> Image.Image:
    """A mode that every format we write knows."""
    if image.mode in ("1", "L", "P", "RGB", "RGBA"):
        return image
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("I", "F"):
        return _stretched(image)
    return image.convert("RGBA" if image.mode in ("LA", "PA", "La", "RGBa") else "RGB")


def _stretched(image: Image.Image) -> Image.Image:
    """Numbers of 32 bits have no black and white of their own: the range that is used becomes it."""
    low, high = image.getextrema()
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        raise Refused("broken", "This picture is damaged.")
    scale = 255 / (high - low) if high > low else 0
    return image.convert("F").point(lambda value: value * scale - low * scale).convert("L")


def _is_transparent(image: Image.Image) -> bool:
    return image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] != 255


def _is_lossless(path: str) -> bool:
    """Whether the first picture of a WebP file is of the kind that keeps every pixel."""
    with open(path, "rb") as file:
        head = file.read(4096)
    return b"VP8L" in head and b"VP8 " not in head.partition(b"VP8L")[0]


def draw_thumbnail(image: Image.Image, order: dict[str, Any]) -> None:
    """WebP, in the picture's proportions and never larger than it."""
    longest = order["longest"]
    mode = "RGBA" if image.has_transparency_data else "RGB"
    small = image if image.mode == mode else image.convert(mode)
    if max(small.size) > longest:
        scale = longest / max(small.size)
        size = (max(1, round(small.width * scale)), max(1, round(small.height * scale)))
        small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.save(order["thumbnail"], "WEBP", quality=80)


def draw_animation(image: Image.Image, order: dict[str, Any]) -> dict[str, Any]:
    """All frames of a GIF, with their times and how often they repeat."""
    draw_thumbnail(cleaned(image.convert("RGBA")), order)
    with opened(order) as whole:  # Pillow loses transparency when it goes back to the first frame
        whole.save(order["file"], "GIF", save_all=True, comment=b"")
    return {"extension": ".gif", "width": image.width, "height": image.height}


def draw_pages(image: Image.Image, order: dict[str, Any], count: int) -> dict[str, Any]:
    """All pages of a TIFF, each packed without loss, or as the JPEG that it was."""
    as_jpeg = image.info.get("compression") == "jpeg"
    pages = (_page(image, number, order["max_pixels"]) for number in range(count))
    first = next(pages)
    compression = "jpeg" if as_jpeg and first.mode in ("L", "RGB") else "tiff_adobe_deflate"
    first.save(order["file"], "TIFF", save_all=True, append_images=pages, compression=compression)
    draw_thumbnail(first, order)
    return {"extension": ".tiff", "width": first.width, "height": first.height}


def _page(image: Image.Image, number: int, most: int) -> Image.Image:
    image.seek(number)
    check_pixels(image, most)
    return cleaned(image.copy())


def count_pages(order: dict[str, Any]) -> int:
    """How many frames or pages, when all of them together are not too much."""
    count, total = 0, 0
    with opened(order) as image:
        while True:
            try:
                image.seek(count)
            except EOFError:
                return count
            count += 1
            total += image.width * image.height
            if count > FRAMES or total > MANY * order["max_pixels"]:
                raise Refused("pixels", "This picture has too many frames or pages.")


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """The answer to an order, whatever happens in the libraries."""
    try:
        return redraw(order)
    except Refused as error:
        return {"reason": error.reason, "message": str(error)}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"reason": "pixels", "message": "This picture has too many pixels."}
    except MemoryError:
        return {"reason": "pixels", "message": "It takes too much memory to look at this picture."}
    except Exception as error:  # noqa: BLE001 - damaged pictures raise nearly everything; the log gets to know what
        fault = f"{type(error).__name__}: {error}"[:200]
        return {"reason": "broken", "message": "This picture is damaged or cut off.", "fault": fault}


def limit() -> None:
    """Bounds that this process cannot lift again."""
    for kind, bound in (
        (resource.RLIMIT_AS, MOST_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(kind, (bound, bound))


def allow(order: dict[str, Any]) -> None:
    """What this order may cost. Processor time is counted from the start of the process, so more of it from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
    memory = min(MEMORY_BYTES + PIXEL_BYTES * order["max_pixels"], MOST_MEMORY_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (memory, MOST_MEMORY_BYTES))


def main() -> None:
    """Until stdin ends."""
    import pillow_heif

    limit()
    pillow_heif.register_heif_opener(thumbnails=False)
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    for line in sys.stdin:
        order = json.loads(line)
        allow(order)
        sys.stdout.write(json.dumps(answer(order)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
