"""Load pairs of regions from a CSV file."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.errors import Refused
from pairings import services

PAIRS = Path(settings.BASE_DIR) / "data" / "pairings" / "pairs-2021.csv"


class Command(BaseCommand):
    help = "Load pairs of regions; without a file, the 14 pairs of Shandong and Chongqing after 2021."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=PAIRS)
        parser.add_argument("--known-only", action="store_true", help="skip rows whose regions are not loaded")

    def handle(self, *, file, known_only, **options):
        try:
            loaded = services.load_pairs_file(path=file, by=None, known_only=known_only)
        except Refused as refused:
            lines = [_("row %(row)d: %(message)s") % error for error in refused.facts.get("errors", [])]
            raise CommandError("\n".join([str(refused), *lines])) from refused
        self.stdout.write(
            _("Pairs: %(pairs)d, new: %(added)d, skipped: %(skipped)d")
            % {"pairs": len(loaded.pairings), "added": loaded.added, "skipped": loaded.skipped}
        )
