"""The first page of a PDF, by Debian's poppler and cairo, whose C functions are called as they are.

`load_poppler` takes the libraries into this process; afterwards no file is opened, so a font that the PDF does not
hold is not drawn. They may be missing.
"""

import ctypes
from contextlib import ExitStack
from ctypes import byref, c_char_p, c_double, c_int, c_size_t, c_void_p
from typing import Any

from PIL import Image

LIBRARY = "libpoppler-glib.so.8"
_RGB24 = 1  # cairo_format_t: four bytes a point, blue first on a little-endian machine
_WHITE = (c_double(1.0),) * 3


class PdfError(Exception):
    """It is none, asks for a password, or has no first page."""


class Poppler:
    """The libraries as this process holds them: the symbols of GLib and cairo are found through poppler's."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def first_page(self, raw: bytes, longest: int) -> Image.Image:
        """So many points at most on its longer side, on white. Raises `PdfError`."""
        with ExitStack() as held:
            octets = self._held(held, "g_bytes_unref", "g_bytes_new_static", c_char_p(raw), c_size_t(len(raw)))
            document = self._held(held, "g_object_unref", "poppler_document_new_from_bytes", octets, None, None)
            page = self._held(held, "g_object_unref", "poppler_document_get_page", document, 0)
            width, height = c_double(), c_double()
            self._called("poppler_page_get_size", None, page, byref(width), byref(height))
            longer = max(width.value, height.value)
            if not 0 < longer < float("inf"):
                raise PdfError("size")
            scale = c_double(longest / longer)
            points = [max(1, round(side.value * scale.value)) for side in (width, height)]
            surface = self._held(held, "cairo_surface_destroy", "cairo_image_surface_create", _RGB24, *points)
            context = self._held(held, "cairo_destroy", "cairo_create", surface)
            self._called("cairo_set_source_rgb", None, context, *_WHITE)
            self._called("cairo_paint", None, context)
            self._called("cairo_scale", None, context, scale, scale)
            self._called("poppler_page_render", None, page, context)
            self._called("cairo_surface_flush", None, surface)
            return self._drawn(surface, points[0], points[1])

    def _drawn(self, surface: c_void_p, width: int, height: int) -> Image.Image:
        stride = self._called("cairo_image_surface_get_stride", c_int, surface)
        plane = self._called("cairo_image_surface_get_data", c_void_p, surface)
        if not plane or stride < 4 * width:
            raise PdfError("plane")
        octets = (ctypes.c_ubyte * (stride * height)).from_address(plane)
        return Image.frombytes("RGB", (width, height), memoryview(octets), "raw", "BGRX", stride, 1)

    def _held(self, held: ExitStack, release: str, name: str, *arguments: object) -> c_void_p:
        made = self._called(name, c_void_p, *arguments)
        if not made:
            raise PdfError(name)
        held.callback(self._called, release, None, c_void_p(made))
        return c_void_p(made)

    def _called(self, name: str, answers: Any, *arguments: object) -> Any:
        function: Any = self._library[name]
        function.restype = answers
        return function(*arguments)


def load_poppler() -> Poppler | None:
    """None where the library is not installed."""
    try:
        return Poppler(ctypes.CDLL(LIBRARY))
    except OSError:
        return None
