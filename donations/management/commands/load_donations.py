"""manage.py load_donations FILE: store the gifts of a workbook, all of them or none."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from core.errors import Refused
from donations.services import RowsRefused, load_donations
from donations.sheets import donation_sheet
from exchange.sheets import read


class Command(BaseCommand):
    help = "Load gifts from an .xlsx or .csv file with the donation sheet. Loading the same file again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        file = options["file"]
        try:
            reading = read(donation_sheet(), file.read_bytes())
            if reading.problems:
                raise RowsRefused(reading.problems)
            with tqdm(total=len(reading.rows), desc=file.name, unit="row") as bar:
                loaded = load_donations(rows=reading.rows, by=None, progress=bar.update)
        except FileNotFoundError as error:
            raise CommandError(_("There is no file %(file)s.") % {"file": file}) from error
        except RowsRefused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            raise CommandError(str(refused)) from refused
        except Refused as refused:
            raise CommandError(f"{file}: {refused}") from refused
        self.stdout.write(
            _("New gifts: %(new)s, unchanged: %(unchanged)s.") % {"new": loaded.new, "unchanged": loaded.unchanged}
        )
