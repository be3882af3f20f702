"""HEIC, the pictures of Apple's phones, by Debian's libheif, whose C functions are called as they are.

`load_heif` takes the library and its reader of HEVC into this process; afterwards no file is opened. It may be missing.
"""

import ctypes
from contextlib import ExitStack
from ctypes import byref, c_char_p, c_int, c_size_t, c_void_p
from typing import Any

from PIL import Image

LIBRARY = "libheif.so.1"
_HEVC = 1  # heif_compression_format
_RGB = 1  # heif_colorspace
_PLAIN, _WITH_ALPHA = 10, 11  # heif_chroma: three or four bytes a point, one after the other
_INTERLEAVED = 10  # heif_channel


class HeifError(Exception):
    """Its library says why, in English, to nobody."""


class _Error(ctypes.Structure):
    _fields_ = (("code", c_int), ("subcode", c_int), ("message", c_char_p))


class Heif:
    """The library as this process holds it."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def picture(self, raw: bytes, limit: int) -> Image.Image:
        """The one that its file calls the first, turned and cut as it says. Raises `HeifError`."""
        with ExitStack() as held:
            context = c_void_p(self._called("heif_context_alloc", c_void_p))
            held.callback(self._called, "heif_context_free", None, context)
            # Nobody helps: this process may start none, and would wait for it.
            self._called("heif_context_set_max_decoding_threads", None, context, 0)
            self._tried("heif_context_read_from_memory_without_copy", context, c_char_p(raw), c_size_t(len(raw)), None)
            handle, decoded = c_void_p(), c_void_p()
            self._tried("heif_context_get_primary_image_handle", context, byref(handle))
            held.callback(self._called, "heif_image_handle_release", None, handle)
            width, height = (
                self._called(f"heif_image_handle_get_{side}", c_int, handle) for side in ("width", "height")
            )
            if not 0 < width * height <= limit:
                raise HeifError("size")
            mode = "RGBA" if self._called("heif_image_handle_has_alpha_channel", c_int, handle) else "RGB"
            chroma = _WITH_ALPHA if mode == "RGBA" else _PLAIN
            self._tried("heif_decode_image", handle, byref(decoded), _RGB, chroma, None)
            held.callback(self._called, "heif_image_release", None, decoded)
            return self._drawn(decoded, mode)

    def _drawn(self, decoded: c_void_p, mode: str) -> Image.Image:
        width, height = (
            self._called(f"heif_image_get_{side}", c_int, decoded, _INTERLEAVED) for side in ("width", "height")
        )
        stride = c_int()
        plane = self._called("heif_image_get_plane_readonly", c_void_p, decoded, _INTERLEAVED, byref(stride))
        if not plane or width < 1 or height < 1 or stride.value < width * len(mode):
            raise HeifError("plane")
        octets = (ctypes.c_ubyte * (stride.value * (height - 1) + width * len(mode))).from_address(plane)
        return Image.frombytes(mode, (width, height), memoryview(octets), "raw", mode, stride.value, 1)

    def _tried(self, name: str, *arguments: object) -> None:
        error = self._called(name, _Error, *arguments)
        if error.code:
            raise HeifError(name)

    def _called(self, name: str, answers: Any, *arguments: object) -> Any:
        function: Any = self._library[name]
        function.restype = answers
        return function(*arguments)


def load_heif() -> Heif | None:
    """None where the library, or what it reads HEVC with, is not installed."""
    try:
        library = ctypes.CDLL(LIBRARY)
        library.heif_init.restype = _Error
        return (
            Heif(library) if not library.heif_init(None).code and library.heif_have_decoder_for_format(_HEVC) else None
        )
    except (OSError, AttributeError):
        return None
