"""YAML 1.2 core as plain values, each with its line and column, for packs and configuration alike.

Everything that makes YAML surprising (anchors, tags, `no` meaning false, `1:30` meaning 90) is a problem with its mend.
What the words of a file mean is not decided here: that is `cued.packs` and `cued.config`.
"""

from cued.yamlread.document import Document, Path, Place, Value, path_text
from cued.yamlread.files import MAX_BYTES, NoFile, read_bytes
from cued.yamlread.quoting import clip, clip_path, did_you_mean, nearest, quoted
from cued.yamlread.reader import MAX_DEPTH, MAX_PROBLEMS, MAX_VALUES, parse

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_PROBLEMS",
    "MAX_VALUES",
    "Document",
    "NoFile",
    "Path",
    "Place",
    "Value",
    "clip",
    "clip_path",
    "did_you_mean",
    "nearest",
    "parse",
    "path_text",
    "quoted",
    "read_bytes",
]
