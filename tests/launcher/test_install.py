"""Packages are installed when, and only when, the pinned lists have changed."""

import subprocess
import sys

import pytest

from launcher import install
from launcher.messages import Trouble

pytestmark = pytest.mark.launcher


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project without any dependency, and the names of the lists pip was called for."""
    for name in install.REQUIREMENTS:
        (tmp_path / name).write_text("# nothing\n")
    venv = tmp_path / ".venv"
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", venv)
    monkeypatch.setattr(install, "PYTHON", venv / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    calls = []
    monkeypatch.setattr(install, "_pip_install", calls.append)
    return tmp_path, calls


def test_nothing_is_installed_twice_and_a_changed_list_is(project):
    folder, calls = project
    install.install(dev=False)
    install.install(dev=False)
    assert calls == ["requirements.txt"]
    (folder / "requirements.txt").write_text("# changed\n")
    install.install(dev=False)
    assert calls == ["requirements.txt"] * 2


def test_the_tests_need_their_own_list_and_bring_the_servers_along(project):
    folder, calls = project
    install.install(dev=True)
    install.install(dev=False)
    install.install(dev=True)
    assert calls == ["requirements-dev.txt"]
    (folder / "requirements.txt").write_text("# changed\n")
    install.install(dev=True)
    assert calls == ["requirements-dev.txt"] * 2


def test_an_installation_that_failed_is_tried_again(project, monkeypatch):
    _, calls = project

    def fail(name):
        calls.append(name)
        raise Trouble("不行", "no")

    monkeypatch.setattr(install, "_pip_install", fail)
    for _ in range(2):
        with pytest.raises(Trouble):
            install.install(dev=False)
    assert calls == ["requirements.txt"] * 2


def test_an_environment_whose_python_is_gone_is_made_anew(project, monkeypatch):
    folder, calls = project
    install.install(dev=False)
    (folder / ".venv" / "bin" / "python").unlink()
    monkeypatch.setattr(install, "_make_venv", lambda: calls.append("venv"))
    install.install(dev=False)
    assert calls == ["requirements.txt", "venv", "requirements.txt"]


def test_a_real_pip_failure_is_one_clear_line(project, monkeypatch, capfd):
    folder, _ = project
    monkeypatch.undo()
    monkeypatch.setattr(install, "ROOT", folder)
    monkeypatch.setattr(install, "PYTHON", sys.executable)
    (folder / "requirements.txt").write_text("-r missing.txt\n")
    with pytest.raises(Trouble, match="pip failed"):
        install._pip_install("requirements.txt")
    assert "missing.txt" in capfd.readouterr().err
