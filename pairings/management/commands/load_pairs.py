"""Load pairs from a file of the pairing sheet."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.errors import Refused
from pairings import services

PAIRS = Path(settings.BASE_DIR) / "data" / "pairings" / "pairs-2021.csv"


class Command(BaseCommand):
    help = "Load pairs; without a file, the East-West pairs of provinces and those of Shandong with Chongqing."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=PAIRS)
        parser.add_argument("--teams", action="store_true", help="the file is one of the sheet of teams")
        parser.add_argument("--known-only", action="store_true", help="skip rows whose regions are not loaded")

    def handle(self, *, file, teams, known_only, **options):
        try:
            if teams:
                loaded = services.load_teams_file(path=file, by=None)
            else:
                loaded = services.load_pairs_file(path=file, by=None, known_only=known_only)
        except Refused as refused:
            lines = [_("row %(row)d: %(message)s") % error for error in refused.facts.get("errors", [])]
            raise CommandError("\n".join([str(refused), *lines])) from refused
        facts = {"added": loaded.added, "unchanged": loaded.unchanged, "skipped": loaded.skipped}
        self.stdout.write(_("New: %(added)d, unchanged: %(unchanged)d, skipped: %(skipped)d") % facts)
