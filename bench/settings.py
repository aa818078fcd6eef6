"""The portal's own settings with the yardstick endpoints beside its addresses."""

import os

os.environ.setdefault("SECRET_KEY", "measurements-only")
os.environ.setdefault("SECURE_COOKIES", "0")

from portal.settings import *  # noqa: E402, F403

ROOT_URLCONF = "bench.urls"
ALLOWED_HOSTS = ["*"]
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
