"""The spoken version: five digits said by espeak-ng, each in another voice, over a murmur and a hiss.

espeak-ng only ever says one of ten words of this file; what it said is kept, and mixed again for each captcha.
"""

import random
import struct
import subprocess
from array import array
from functools import lru_cache
from itertools import batched

RATE = 11025  # half of what espeak-ng gives
WORDS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
# Pitch and speed.
VOICES = (("38", "125"), ("50", "135"), ("62", "130"), ("74", "140"))
PATIENCE = 5.0  # seconds
_HEADER = 44
_LOUDEST = 32767
# Address space, processor time, length of what it writes: far more than a word needs.
_LIMITS = ("prlimit", "--as=268435456", "--cpu=2", "--fsize=0", "--")
_SPEAK = ("espeak-ng", "-v", "fr", "--stdout")

type Sound = array[int]


class SpeechUnavailableError(Exception):
    """espeak-ng is not there, or did not answer."""


def speak(digits: str, seed: bytes) -> bytes:
    """A WAV. The same seed gives the same sound: a browser asks for it piece by piece."""
    chance = random.Random(seed)  # noqa: S311 - the seed is secret; it varies the sound and protects nothing
    sound = array("h")
    for digit in digits:
        sound.extend(_silence(chance.uniform(0.35, 0.7)))
        sound.extend(_said(int(digit), chance.randrange(len(VOICES))))
    sound.extend(_silence(0.4))
    return _wav(_mixed(sound, chance))


def _mixed(sound: Sound, chance: random.Random) -> Sound:
    """Other digits said backwards, softly, and noise: no two of the same digit are alike."""
    murmur = array("h")
    while len(murmur) < len(sound):
        murmur.extend(_said(chance.randrange(10), chance.randrange(len(VOICES)))[::-1])
        murmur.extend(_silence(chance.uniform(0.0, 0.2)))
    hiss = array("h", chance.randbytes(2 * len(sound)))
    mixed = (loud + (soft >> 3) + (noise >> 5) for loud, soft, noise in zip(sound, murmur, hiss, strict=False))
    return array("h", (max(-_LOUDEST, min(_LOUDEST, sample)) for sample in mixed))


@lru_cache(maxsize=len(WORDS) * len(VOICES))
def _said(digit: int, voice: int) -> Sound:
    pitch, speed = VOICES[voice]
    command = [*_LIMITS, *_SPEAK, "-p", pitch, "-s", speed, WORDS[digit]]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        raise SpeechUnavailableError(type(error).__name__) from error
    samples = array("h", done.stdout[_HEADER : _HEADER + (len(done.stdout) - _HEADER) // 4 * 4])
    return array("h", ((one + other) // 2 for one, other in batched(samples, 2, strict=True)))


def _silence(seconds: float) -> Sound:
    return array("h", bytes(2 * int(seconds * RATE)))


def _wav(sound: Sound) -> bytes:
    data = sound.tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return b"".join(
        (b"RIFF", struct.pack("<I", 36 + len(data)), b"WAVE", form, b"data", struct.pack("<I", len(data)), data)
    )
