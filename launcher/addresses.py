"""Checks the servers a person names in DATABASE_URL and REDIS_URL before anything else starts."""

from urllib.parse import parse_qs, unquote, urlsplit

from launcher.messages import Trouble

CONNECT_SECONDS = 5
SHAPE = "postgres://user:password@host:5432/name"

# Words of the server or of libpq, and what they mean for the person.
DATABASE_TROUBLES = (
    ("password authentication failed", "用户名或密码错误", "wrong user name or password"),
    ("no password supplied", "缺少密码", "a password is needed"),
    ("does not exist", "数据库或用户不存在", "the database or the user does not exist"),
    ("could not translate host name", "找不到主机", "the host name is not known"),
    (
        "Connection refused",
        "连接被拒绝，服务器未运行或端口不对",
        "connection refused: no server there, or another port",
    ),
    ("No such file or directory", "套接字不存在，服务器未运行", "no such socket: the server is not running"),
    ("timeout expired", "连接超时", "no answer in time"),
    ("too many connections", "连接数已满", "the server has no connection left"),
)


def check_database(url: str) -> None:
    """Connect once.

    Raises Trouble that names the server without its password.
    """
    import psycopg2

    parts = _parts(url, schemes=("postgres", "postgresql"))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise _misshapen(url)
    try:
        psycopg2.connect(
            host=unquote(parts.hostname or "") or None,
            port=parts.port,
            user=unquote(parts.username or "") or None,
            password=unquote(parts.password or "") or None,
            dbname=name,
            connect_timeout=CONNECT_SECONDS,
            **{key: values[-1] for key, values in parse_qs(parts.query).items()},
        ).close()
    except psycopg2.Error as error:
        chinese, english = _meaning(str(error))
        raise Trouble(
            f"DATABASE_URL（{_shown(parts)}）无法使用：{chinese}。",
            f"DATABASE_URL ({_shown(parts)}) cannot be used: {english}.",
        ) from None


def check_redis(url: str) -> None:
    """Ask the broker once.

    Raises Trouble that names the server without its password.
    """
    import redis

    parts = _parts(url, schemes=("redis", "rediss", "redis+socket"), variable="REDIS_URL")
    direct = url
    if parts.scheme == "redis+socket":
        direct = f"unix://{parts.path}"
    try:
        with redis.Redis.from_url(direct, socket_connect_timeout=CONNECT_SECONDS) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        words = str(error).splitlines()[0].rstrip(".")
        raise Trouble(
            f"REDIS_URL（{_shown(parts)}）无法使用：{words}。",
            f"REDIS_URL ({_shown(parts)}) cannot be used: {words}.",
        ) from None


def _parts(url: str, *, schemes: tuple, variable: str = "DATABASE_URL"):
    """The URL in parts; Trouble when it is none, or one of another kind."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _misshapen(url, variable) from None
    if parts.scheme not in schemes:
        raise _misshapen(url, variable)
    return parts


def _misshapen(url: str, variable: str = "DATABASE_URL") -> Trouble:
    """The URL itself is not repeated: it may hold a password in the wrong place."""
    shape = SHAPE if variable == "DATABASE_URL" else "redis://host:6379/0"
    return Trouble(
        f"{variable} 的格式不对，应为 {shape}。", f"{variable} is not well formed; it must look like {shape}."
    )


def _shown(parts) -> str:
    host = unquote(parts.hostname or "localhost")
    return f"{host}{f':{parts.port}' if parts.port else ''}{unquote(parts.path)}"


def _meaning(words: str) -> tuple[str, str]:
    for known, chinese, english in DATABASE_TROUBLES:
        if known in words:
            return chinese, english
    first = words.strip().splitlines()[0] if words.strip() else "?"
    return first, first
