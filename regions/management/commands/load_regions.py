from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.errors import Refused
from regions import services


class Command(BaseCommand):
    help = "Load the administrative divisions (province to village) that ship with the portal."

    def add_arguments(self, parser):
        parser.add_argument(
            "--counties", default="", help="only these codes with everything above and below, for example 500229,500237"
        )
        parser.add_argument("--folder", type=Path, default=services.FOLDER, help="where the region file lies")

    def handle(self, *args, counties, folder, **options):
        only = [code.strip() for code in counties.split(",") if code.strip()]
        # Without a terminal, or when asked to be quiet, there is no bar.
        quiet = True if options["verbosity"] == 0 else None
        with tqdm(desc="regions", unit=" rows", unit_scale=True, disable=quiet) as bar:

            def progress(rows: int, total: int) -> None:
                bar.total = total
                bar.update(rows)

            try:
                loaded = services.load_regions(only=only, folder=folder, progress=progress)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
        if options["verbosity"] == 0:
            return
        if loaded.unchanged:
            self.stdout.write(f"Regions: unchanged, {loaded.rows:,} rows.")
        else:
            self.stdout.write(
                f"Regions: {loaded.rows:,} rows read, {loaded.added:,} added, {loaded.changed:,} changed."
            )
