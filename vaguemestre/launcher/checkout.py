"""Where the code is: a checkout, or what the package installed."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
