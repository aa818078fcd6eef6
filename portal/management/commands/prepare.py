"""Everything between a started database and a served portal, in one process."""

import hashlib
import json
import os
import time
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = "Migrate, compile translations, collect static files, load regions and demonstration records."

    def add_arguments(self, parser):
        parser.add_argument("--no-demo", action="store_true", help="without demonstration records")
        parser.add_argument("--logins", type=Path, help="file to write the demonstration log-ins to, as JSON")

    def handle(self, *, no_demo, logins, **options):
        self.step(_("database"), lambda: call_command("migrate", verbosity=0))
        self.step(_("translations"), lambda: call_command("messages", "--compile", verbosity=0))
        self.step(_("static files"), collect_static)
        self.step(_("regions"), load_regions)
        if no_demo:
            return
        self.step(_("demonstration records"), lambda: call_command("load_demo"))
        if logins:
            write_logins(logins)

    def step(self, name, work):
        """Do one part and print how long it took."""
        began = time.monotonic()
        work()
        self.stdout.write(f"  {name}: {time.monotonic() - began:.1f} s")


def collect_static():
    """Collect and compress the static files unless none has changed since the last time."""
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    mark = _static_mark()
    if stamp.exists() and stamp.read_text() == mark:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(mark)


def _static_mark():
    """Changes with the name, size or time of any static file, and with the way they are stored."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def load_regions():
    """Load all regions, or for tests only those of the counties in PORTAL_REGIONS (codes with commas)."""
    counties = os.environ.get("PORTAL_REGIONS")
    call_command("load_regions", *([f"--counties={counties}"] if counties else []))


def write_logins(path):
    """Leave the demonstration log-ins for the launcher to print, readable by its owner only."""
    from portal import demo

    path.touch(mode=0o600)
    path.write_text(json.dumps([[str(part) for part in login] for login in demo.logins()], ensure_ascii=False))
