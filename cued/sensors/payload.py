"""What every decoder goes by: a payload read field by field, and the one error that any bytes may end in.

Two rules hold for all of them:

- **Reserved flag bits are ignored**, as the Core Specification asks of a receiver (Vol 1, Part E: reserved for future
  use): a later version of a profile may set them, and the fields known today keep their places.
- **Bytes behind the last known field are ignored** for the same reason: what a reserved bit announces stands there, and some
  devices pad their frames. But a field that a flag promises has to be there whole: a cut value would be a wrong one.
"""

from __future__ import annotations

from cued.errors import SensorError


class PayloadError(SensorError):
    """Bytes that are not what their characteristic should hold; says which field, and how many bytes were there."""

    def __init__(self, what: str, field: str, reason: str) -> None:
        self.what = what
        """The characteristic, as a person calls it."""
        self.field = field
        """The field that could not be had."""
        super().__init__(f"this is no {what}: {reason}")


class Payload:
    """The bytes of one notification, read from front to back, little-endian as all of GATT."""

    def __init__(self, what: str, data: bytes) -> None:
        """`what`: the characteristic, as a person calls it."""
        self.what = what
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self._data) - self._at

    def unsigned(self, size: int, field: str) -> int:
        """The next `size` bytes as a number; raises PayloadError that names `field` if they are not all there."""
        return int.from_bytes(self._take(size, field), "little")

    def signed(self, size: int, field: str) -> int:
        """As `unsigned`, in two's complement."""
        return int.from_bytes(self._take(size, field), "little", signed=True)

    def skip(self, size: int, field: str) -> None:
        """Pass over `size` bytes, which have to be there."""
        self._take(size, field)

    def error(self, field: str, reason: str) -> PayloadError:
        """For a field that is there and cannot be."""
        return PayloadError(self.what, field, reason)

    def _take(self, size: int, field: str) -> bytes:
        if self.left < size:
            there = f"{self.left} {'is' if self.left == 1 else 'are'} there"
            raise self.error(field, f"{field} needs {_bytes(size)} from byte {self._at} on, and {there}")
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken


def _bytes(count: int) -> str:
    return "1 byte" if count == 1 else f"{count} bytes"
