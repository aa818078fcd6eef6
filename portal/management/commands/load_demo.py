"""Load the demonstration records."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from core.errors import Refused
from portal.services import LOAD_STEPS, load_demo


class Command(BaseCommand):
    help = "Load the demonstration records (people, organizations, pairs, demands, gifts, projects), once."

    def handle(self, *args, **options):
        try:
            with tqdm(total=LOAD_STEPS, desc=_("demonstration"), unit="step", leave=False) as bar:
                loaded = load_demo(progress=bar.update)
        except Refused as refused:
            problems = [str(problem) for problem in getattr(refused, "problems", [])]
            raise CommandError("\n".join([str(refused), *problems])) from refused
        if loaded:
            self.stdout.write(_("Demonstration records loaded."))
