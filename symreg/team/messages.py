"""What workers tell each other: plain values and arrays as bytes, and back.

Numbers, texts, lists, mappings and NumPy arrays; nothing that is read can run anything.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from symreg.team.errors import TeamError

ARRAY = "\x00array"  # the key of a mapping that stands for an array: no mapping of ours has it
KINDS = "biufc"  # of NumPy types that are sent: numbers alone
HEAD = struct.Struct("<Q")  # the length of the JSON before the arrays


def packed(value: Any) -> bytes:
    """The value as bytes; tuples become lists, and arrays keep their type and shape."""
    arrays: list[bytes] = []
    text = json.dumps(_plain(value, arrays), separators=(",", ":"), ensure_ascii=True).encode("ascii")
    return b"".join([HEAD.pack(len(text)), text, *arrays])


def unpacked(message: bytes) -> Any:
    """The value that was packed. Raises ``TeamError`` for bytes that are no message."""
    try:
        end = HEAD.size + HEAD.unpack_from(message)[0]
        value, at = _read(json.loads(message[HEAD.size : end].decode("ascii")), memoryview(message), end)
    except (ValueError, TypeError, KeyError, IndexError, struct.error) as error:
        raise TeamError(message=f"a message of a worker cannot be read: {error}") from error
    if at != len(message):
        raise TeamError(message="a message of a worker holds more than it says")
    return value


def _plain(value: Any, arrays: list[bytes]) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in KINDS:
            raise TeamError(message=f"arrays of {value.dtype} are not sent")
        arrays.append(np.ascontiguousarray(value).tobytes())
        return {ARRAY: [value.dtype.str, list(value.shape)]}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, arrays) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, arrays) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _read(value: Any, message: memoryview, at: int) -> tuple[Any, int]:
    """The value with its arrays, which are the bytes from ``at`` on, and where the next one begins."""
    if isinstance(value, list):
        read = []
        for item in value:
            one, at = _read(item, message, at)
            read.append(one)
        return read, at
    if not isinstance(value, dict):
        return value, at
    if ARRAY in value:
        dtype, shape = np.dtype(value[ARRAY][0]), tuple(value[ARRAY][1])
        if dtype.kind not in KINDS:
            raise TeamError(message=f"arrays of {dtype} are not read")
        count = int(np.prod(shape, dtype=np.int64))
        found = np.frombuffer(message, dtype, count, at) if count else np.empty(0, dtype)
        return found.reshape(shape).copy(), at + count * dtype.itemsize
    read_map = {}
    for key, item in value.items():
        read_map[key], at = _read(item, message, at)
    return read_map, at
