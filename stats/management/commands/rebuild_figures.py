"""Compute all figures anew from the records."""

import time

from django.core.management.base import BaseCommand

from stats import services


class Command(BaseCommand):
    help = "Compute all facts and cells anew from the records, in one transaction."

    def handle(self, *args, **options):
        started = time.monotonic()
        facts = services.rebuild_figures()
        self.stdout.write(f"{facts} facts rebuilt in {time.monotonic() - started:.1f} s.")
