"""LibreOffice without a window: opens a file and saves it in another format."""

import shutil
import subprocess
from pathlib import Path

SECONDS = 120


def program() -> str | None:
    """The path of LibreOffice, None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def saved_as(content: bytes, wanted: str, folder: Path, *, name: str = "in.xlsx") -> bytes:
    """The file as LibreOffice saves it. `wanted` is an ending, with a filter's name and options if need be."""
    source, out = folder / name, folder / "out"
    source.write_bytes(content)
    profile = (folder / "profile").resolve().as_uri()
    command = [program(), f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", wanted]
    done = subprocess.run(
        [*command, "--outdir", str(out), str(source)], capture_output=True, timeout=SECONDS, check=False
    )
    made = out / f"{source.stem}.{wanted.split(':')[0]}"
    if done.returncode or not made.exists():
        raise AssertionError(f"LibreOffice could not open {name}: {done.stderr.decode(errors='replace')[:500]}")
    return made.read_bytes()
