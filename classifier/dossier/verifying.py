"""Hashes, and how anybody checks them without this tool."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from classifier.dossier.messages import SourceFile
from classifier.dossier.words import Say, say_in

HASHES = "hashes.txt"


def how_to_verify(say: Say) -> Iterator[str]:
    """Yield how to check that nothing was changed since."""
    yield say(
        "每条信息的 SHA-256 按其 UTF-8 字节计算，与表格单元格里的文字完全一致：空格、换行都算"
        "（CR LF 算两个字节，LF 算一个）；单元格是数字的，按写出来的数字算；"
        ".txt 每行的行尾和整个 .txt 文件首尾的换行不算。texts 文件夹里每个文件就是这些字节。",
        "The SHA-256 of a message is that of its UTF-8 bytes, exactly as in the cell of the table: blanks and line "
        "breaks count (CR LF as two bytes, LF as one); a number counts as it is written; the end of a line of a .txt "
        "table, and line breaks around a .txt file of a folder, do not count. The files in the folder texts hold just "
        "these bytes.",
    )
    yield say(
        f"Linux：在档案文件夹里运行 sha256sum -c {HASHES}。",
        f"Linux: in the folder of the dossier run: sha256sum -c {HASHES}",
    )
    yield say(
        f"macOS：在档案文件夹里运行 shasum -a 256 -c {HASHES}。",
        f"macOS: in the folder of the dossier run: shasum -a 256 -c {HASHES}",
    )
    yield say(
        f"Windows：运行 certutil -hashfile dossier.html SHA256，与 {HASHES} 里的一行比较；其他文件同样。",
        f"Windows: run certutil -hashfile dossier.html SHA256 and compare with the line in {HASHES}; other files "
        "likewise.",
    )
    yield say(
        f"{HASHES} 里也有来源文件的 SHA-256：对原文件做同样计算，相同就说明它在制作本档案以后没有改动。"
        "哈希只说明制作以后没有改动，不证明信息是谁发的、表格在此以前是否改动过。",
        f"{HASHES} also has the SHA-256 of the source file: if the original still gives it, it was not changed since "
        "this was made. Hashes show that nothing changed afterwards; they prove neither the sender nor what came "
        "before.",
    )


def hash_lines(files: Mapping[str, bytes], sources: Iterable[SourceFile]) -> str:
    """Return the content of `hashes.txt`: comments, then a line for each file as `sha256sum -c` reads them."""
    lines = ["SHA-256"]
    lines += [sentence for say in (say_in("zh"), say_in("en")) for sentence in how_to_verify(say)]
    lines += ["来源文件 source files:"]
    lines += [f"{file.sha256}  {file.size} bytes  {_plain(file.name)}" for file in sources]
    hashed = [f"{sha256(content).hexdigest()}  {name}" for name, content in sorted(files.items())]
    return "\n".join([*(f"# {line}" for line in lines), *hashed, ""])


def _plain(name: str) -> str:
    return name.encode("utf-8", "replace").decode().replace("\n", " ").replace("\r", " ")
