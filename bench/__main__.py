"""python -m bench figures --size 1000000 (script/bench starts the servers it needs)."""

import argparse
import os

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from bench import claims, exchange, figures, registry

    parser = argparse.ArgumentParser(prog="script/bench")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("figures", help="statistics and claims beside their yardsticks")
    command.add_argument("--size", type=int, default=1_000_000, help="how many gifts (1,000,000)")
    command.add_argument("--seconds", type=float, default=4, help="how long each endpoint is asked, each of 3 rounds")
    command.set_defaults(run=figures.run)
    command = commands.add_parser("exchange", help="a workbook from upload to stored")
    command.add_argument("--rows", type=int, default=100_000, help="how many rows the workbook has (100,000)")
    command.add_argument(
        "--stage", choices=["import-export", "import-export-dry", "check", "store"], help=argparse.SUPPRESS
    )
    command.add_argument("--batch", help=argparse.SUPPRESS)
    command.set_defaults(run=exchange.run)
    command = commands.add_parser("registry", help="lists and searches of the register beside their yardsticks")
    command.add_argument("--size", type=int, default=1_000_000, help="how many organizations (1,000,000)")
    command.add_argument("--seconds", type=float, default=4, help="how long each endpoint is asked, each of 3 rounds")
    command.add_argument("--existing", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=registry.run)
    command = commands.add_parser("claims", help="the claim beside other forms, and over REST")
    command.add_argument("--seconds", type=float, default=2, help="how long each of 3 rounds of each form lasts")
    command.add_argument("--part", choices=["statements", "rest"], help="only one of the two (both)")
    command.set_defaults(run=claims.run)
    options = parser.parse_args()
    options.run(options)


main()
