"""All settings, read from the environment. script/server sets what a single machine needs.

Variables: SECRET_KEY (required unless DEBUG), DATABASE_URL, REDIS_URL, DEBUG, ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS,
SECURE_COOKIES (on behind HTTPS), DATA_DIR (uploads and local state), SPOT_CHECK_PERCENT, OPERATOR_NAME and the
other footer fields, EMAIL_URL, EMAIL_FROM and PORTAL_ADDRESS (e-mails of notices, where their links begin),
ROSTERS_ENABLED, ROSTER_KEYS_FILE and ROSTER_KEEP_DAYS (rosters of ID numbers, off by default).
"""

from pathlib import Path
from urllib.parse import unquote

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Start the portal with script/server, which makes one, or export SECRET_KEY."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))
# By when annual returns are due (data/rules/README.md).
ANNUAL_RETURN_RULES = env.str("ANNUAL_RETURN_RULES", default=str(BASE_DIR / "data" / "rules" / "annual-returns.csv"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "lucide",
    "csp",
    "core",
    "regions",
    "accounts",
    "notices",
    "exchange",
    "organizations",
    "publications",
    "pairings",
    "demands",
    "projects",
    "donations",
    "stats",
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.NoStoreMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.operator",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.portal",
            ],
        },
    }
]


def _database() -> dict:
    """The database of DATABASE_URL; a percent-coded host is the folder of a unix socket."""
    url = env.str("DATABASE_URL", default="")
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgres://user:password@host:5432/name (PostgreSQL only). "
            "script/server sets it by itself."
        )
    config = env.db_url_config(url)
    config["HOST"] = unquote(config.get("HOST") or "")
    config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    config["CONN_HEALTH_CHECKS"] = True
    config["TEST"] = {"NAME": f"test_portal{env.str('TEST_DB_SUFFIX', default='')}"}
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.forms.MinimumLength", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["core.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = DATA_DIR / "media"

# Security. HTTPS-only cookies and HSTS are on unless the portal is served over plain HTTP on this machine.
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=SECURE_COOKIES)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Of a hundred accepted claims, so many are drawn by lot to be checked on the spot before they are verified.
SPOT_CHECK_PERCENT = env.int("SPOT_CHECK_PERCENT", default=10)

# Rows of a list that somebody without a log-in may export at once.
EXPORT_ROWS_ANONYMOUS = env.int("EXPORT_ROWS_ANONYMOUS", default=100_000)

# The choice of a filter that leaves it out.
FILTERS_EMPTY_CHOICE_LABEL = _("any")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
        "accounts.api.BasicAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["core.rest.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.rest.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["core.rest.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.rest.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.rest.problem",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Rural revitalization assistance portal",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AssistanceFormEnum": "organizations.models.AssistanceForm",
        "LotFormEnum": "donations.models.Lot.Form",
        "RegionKindEnum": "regions.models.Region.Kind",
        "OrganizationKindEnum": "organizations.models.Organization.Kind",
        "ItemKindEnum": "demands.models.DemandItem.Kind",
        "SchemeKindEnum": "pairings.models.Scheme.Kind",
        "RegionLevelEnum": "regions.models.Region.Level",
        "OrganizationLevelEnum": "organizations.models.Organization.Level",
        "DemandStatusEnum": "demands.models.Demand.Status",
        "DemandListStatusEnum": "demands.models.DemandList.Status",
        "ClaimStatusEnum": "demands.models.Claim.Status",
        "DeliveryStatusEnum": "demands.models.Delivery.Status",
        "DeliveryFilePurposeEnum": "demands.models.DeliveryFile.Purpose",
        "AcceptanceOutcomeEnum": "demands.models.AcceptanceEntry.Outcome",
        "VerificationOutcomeEnum": "demands.models.Verification.Outcome",
        "SpotCheckStatusEnum": "demands.models.SpotCheck.Status",
        "SpotCheckOriginEnum": "demands.models.SpotCheck.Origin",
        "RatingSideEnum": "demands.models.Rating.Side",
        "WaitingPlaceStatusEnum": "demands.models.WaitingPlace.Status",
        "ProjectStatusEnum": "projects.models.Project.Status",
        "ChannelEnum": "donations.models.Donation.Channel",
        "DonationStatusEnum": "donations.models.Donation.Status",
        "PairingStatusEnum": "pairings.models.Pairing.Status",
        "PairingSideEnum": "pairings.models.Side",
        "AgreementStatusEnum": "pairings.models.Agreement.Status",
        "VisitStatusEnum": "pairings.models.Visit.Status",
        "VisitKindEnum": "pairings.models.Visit.Kind",
        "BeneficiaryMeasureEnum": "demands.models.Measure",
        "TargetMeasureEnum": "pairings.models.PairingTarget.Measure",
        "TeamStatusEnum": "pairings.models.Team.Status",
        "BatchStatusEnum": "exchange.models.Batch.Status",
        "SupplyOfferStatusEnum": "demands.models.SupplyOffer.Status",
        "DemandInvitationStatusEnum": "demands.models.Invitation.Status",
        "InvitationStatusEnum": "organizations.models.Invitation.Status",
        "RegistrationStatusEnum": "organizations.models.RegistrationRequest.Status",
        "CertificateKindEnum": "organizations.models.Certificate.Kind",
        "CreditListEnum": "organizations.models.CreditEntry.Kind",
        "CommendationStageEnum": "organizations.models.Commendation.Stage",
        # Counts and consumption records are entered, verified and struck out alike.
        "EntryStatusEnum": "projects.models.BeneficiaryCount.Status",
        "CountStageEnum": "projects.models.BeneficiaryCount.Stage",
        "ActivityStatusEnum": "projects.models.Activity.Status",
        "ActivityKindEnum": "projects.models.Activity.Kind",
        "RosterStatusEnum": "projects.models.Roster.Status",
        "CampaignStatusEnum": "projects.models.Campaign.Status",
        "MetricValueStatusEnum": "projects.models.MetricValue.Status",
        "ReportedFigureStatusEnum": "projects.models.ReportedFigure.Status",
        "FigureSubjectEnum": "projects.models.Subject",
        "QualifierEnum": "projects.models.BeneficiaryCount.Qualifier",
        "ProductStatusEnum": "projects.models.Product.Status",
        "ConsumptionModeEnum": "projects.models.ConsumptionRecord.Mode",
        "ConsumptionChannelEnum": "projects.models.ConsumptionRecord.Channel",
        "CapacityKindEnum": "projects.models.CapacityKind",
        "ReportedBasisEnum": "projects.models.ReportedFigure.Basis",
        "ValuationBasisEnum": "donations.models.Lot.Basis",
        "DocumentKindEnum": "publications.models.Document.Kind",
        "DocumentStatusEnum": "publications.models.Document.Status",
        "OrganizationStatusEnum": "organizations.models.Organization.Status",
    },
}

# E-mails go to the console unless EMAIL_URL names a server (smtp+tls://user:password@host:587).
PORTAL_ADDRESS = env.str("PORTAL_ADDRESS", default="http://localhost:8000")
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="portal@localhost")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = 20 * 60
# KB. A process that a large workbook has made grow is replaced once its task is done.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 160_000
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TIMEZONE = TIME_ZONE
# How often the worker looks for changes that are not yet in the figures. A wake-up that nobody took within five
# seconds is dropped, so none pile up while no worker runs; the changes themselves wait in the database.
FIGURES_INTERVAL_SECONDS = env.float("FIGURES_INTERVAL_SECONDS", default=0.25)
# How often the outbox is looked through for news that people are to be told.
NOTICES_INTERVAL_SECONDS = env.float("NOTICES_INTERVAL_SECONDS", default=2)
# How many days a claim holds its quantities: until the review, after the approval until the agreement is signed.
CLAIM_REVIEW_DAYS = env.int("CLAIM_REVIEW_DAYS", default=30)
CLAIM_AGREEMENT_DAYS = env.int("CLAIM_AGREEMENT_DAYS", default=30)
# How often either may be extended, by how many days, and how many days before its end people are reminded.
CLAIM_EXTENSIONS = env.int("CLAIM_EXTENSIONS", default=2)
CLAIM_EXTENSION_DAYS = env.int("CLAIM_EXTENSION_DAYS", default=15)
CLAIM_REMINDER_DAYS = env.list("CLAIM_REMINDER_DAYS", cast=int, default=[7, 1])


def _roster_keys(path: str) -> dict[str, bytes]:
    """Keys by their name, the one in use first, from a file outside the database and its backups; none without a path.

    Each line is a name of up to 20 characters, a colon and at least 32 random bytes in hexadecimal digits. A new key
    is put above the others; an old one is deleted once nothing is to be compared under it.
    """
    keys: dict[str, bytes] = {}
    try:
        for line in Path(path).read_text(encoding="ascii").split() if path else []:
            name, _colon, digits = line.partition(":")
            keys[name] = bytes.fromhex(digits)
            if not 0 < len(name) <= 20 or len(keys[name]) < 32:
                raise ValueError
    except (OSError, ValueError):
        # What stands in the file is a secret, also where it is wrong.
        raise ImproperlyConfigured(
            "ROSTER_KEYS_FILE cannot be read, or a line is not name:hexadecimal digits of at least 32 bytes."
        ) from None
    return keys


# Rosters of ID numbers, kept as digests only: read docs/roster-impact-assessment.md before switching them on.
ROSTERS_ENABLED = env.bool("ROSTERS_ENABLED", default=False)
ROSTER_KEYS = _roster_keys(env.str("ROSTER_KEYS_FILE", default=""))
# How many days after the end of its period a roster's digests are erased.
ROSTER_KEEP_DAYS = env.int("ROSTER_KEEP_DAYS", default=1096)
if ROSTERS_ENABLED and not ROSTER_KEYS:
    raise ImproperlyConfigured("ROSTERS_ENABLED needs ROSTER_KEYS_FILE, a file that is not kept with the database.")

CELERY_BEAT_SCHEDULE = {
    "apply-changes": {
        "task": "stats.apply_changes",
        "schedule": FIGURES_INTERVAL_SECONDS,
        "options": {"expires": 5},
    },
    "expire-invitations": {"task": "demands.expire_invitations", "schedule": crontab(minute=20)},
    "end-leases": {"task": "demands.end_leases", "schedule": 300, "options": {"expires": 280}},
    "expire-demands": {"task": "demands.expire", "schedule": crontab(hour=0, minute=10)},
    "erase-rosters": {"task": "projects.erase_outdated", "schedule": crontab(hour=4, minute=20)},
    "finish-batches": {"task": "exchange.finish_batches", "schedule": 60, "options": {"expires": 50}},
    "clear-leftovers": {"task": "exchange.clear_leftovers", "schedule": crontab(hour=3, minute=25)},
    "refresh-grades": {"task": "organizations.refresh_grades", "schedule": crontab(hour=0, minute=5)},
    "forget-outdated": {"task": "core.forget_outdated", "schedule": crontab(hour=3, minute=40)},
    "take-events": {
        "task": "notices.take_events",
        "schedule": NOTICES_INTERVAL_SECONDS,
        "options": {"expires": 10},
    },
    "send-mails": {"task": "notices.send_mails", "schedule": 15, "options": {"expires": 15}},
    "remind": {"task": "notices.remind", "schedule": crontab(minute=5), "options": {"expires": 3000}},
    "verify-figures": {"task": "stats.verify_figures", "schedule": crontab(hour=3, minute=10)},
}

OPERATOR = {
    "name": env.str("OPERATOR_NAME", default=""),
    "phone": env.str("OPERATOR_PHONE", default=""),
    "icp": env.str("OPERATOR_ICP", default=""),
    "site_code": env.str("OPERATOR_SITE_CODE", default=""),
    "police_record": env.str("OPERATOR_POLICE_RECORD", default=""),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
