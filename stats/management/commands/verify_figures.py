"""Recompute every figure from the records and name each difference."""

from django.core.management.base import BaseCommand, CommandError

from core.errors import Refused
from stats import services


class Command(BaseCommand):
    help = "Recompute every figure from the records and name each difference; fails when there is one."

    def handle(self, *args, **options):
        try:
            differences = services.verify_figures()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        for difference in differences:
            self.stdout.write(str(difference))
        if differences:
            raise CommandError(f"{len(differences)} cells differ from the records. rebuild_figures computes them anew.")
        self.stdout.write("All figures equal the records.")
