"""Chromium and a Chinese font for the browser tests: from the system's packages where we may install them."""

import os
import shutil
import subprocess
from pathlib import Path

from launcher.messages import say

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT_PATTERNS = ("opentype/noto/NotoSansCJK*", "**/NotoSansCJK*", "**/SourceHanSans*", "**/wqy*")
PACKAGES = ("chromium", "fonts-noto-cjk")


def chromium() -> str | None:
    """The path of an installed Chromium."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Whether screenshots would show Chinese; macOS always has such a font."""
    fonts = Path("/usr/share/fonts")
    return Path("/System/Library/Fonts").exists() or any(any(fonts.glob(pattern)) for pattern in FONT_PATTERNS)


def provide() -> bool:
    """See to it that the browser tests can run; says so when they cannot. Returns whether they can."""
    if not (chromium() and has_chinese_font()):
        _apt_install()
    if chromium() and has_chinese_font():
        return True
    say(
        "缺少 Chromium 或中文字体，跳过浏览器测试（Debian：apt install chromium fonts-noto-cjk）。",
        "Chromium or a Chinese font is missing: browser tests are skipped "
        "(Debian: apt install chromium fonts-noto-cjk).",
    )
    return False


def _apt_install() -> None:
    """Install both by apt-get as root, or by a sudo that asks for no password; silent when neither is there."""
    if not shutil.which("apt-get"):
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and (not shutil.which("sudo") or _run([*prefix, "true"])):
        return
    say("安装 Chromium 和中文字体 …", "Installing Chromium and a Chinese font …")
    install = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES]
    if _run(install):
        _run([*prefix, "apt-get", "update", "-q"])
        _run(install)


def _run(command: list[str]) -> int:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True).returncode
