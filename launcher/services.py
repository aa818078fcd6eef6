"""PostgreSQL and the broker together: embedded ones, or those the person named."""

import os

from launcher import addresses
from launcher.folders import Folders
from launcher.postgres import Postgres
from launcher.valkey import Valkey


class Services:
    """What the portal stands on. `embedded_only` ignores DATABASE_URL and REDIS_URL (tests never touch them)."""

    def __init__(self, folders: Folders, *, durable: bool = True, embedded_only: bool = False):
        self.folders = folders
        given = {} if embedded_only else os.environ
        self.database_url = given.get("DATABASE_URL")
        self.redis_url = given.get("REDIS_URL")
        self.postgres = None if self.database_url is not None else Postgres(folders, durable=durable)
        self.valkey = None if self.redis_url is not None else Valkey(folders, durable=durable)

    def check_given(self) -> None:
        """Try the servers the person named; Trouble when one cannot be used."""
        if self.postgres is None:
            addresses.check_database(self.database_url)
        if self.valkey is None:
            addresses.check_redis(self.redis_url)

    @property
    def embedded(self) -> list:
        """The servers we start ourselves, in the order of starting."""
        return [server for server in (self.postgres, self.valkey) if server is not None]

    def __enter__(self) -> "Services":
        try:
            for server in self.embedded:
                server.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for server in reversed(self.embedded):
            server.stop()

    def environment(self) -> dict:
        """The environment of everything that talks to the two servers."""
        return {
            **os.environ,
            "DATABASE_URL": self.postgres.url if self.postgres else self.database_url,
            "REDIS_URL": self.valkey.url if self.valkey else self.redis_url,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self.folders.secret_key(),
            "DATA_DIR": str(self.folders.data),
            "PYTHONUNBUFFERED": "1",
        }
