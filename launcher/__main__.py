"""Command line of the launcher."""

import argparse
import sys

from launcher.messages import Trouble, complain, speak_utf8


def parser() -> argparse.ArgumentParser:
    """The subcommands; `script/*` are the usual way in."""
    top = argparse.ArgumentParser(prog="launcher", description="启动门户 / starts the portal")
    commands = top.add_subparsers(dest="command", required=True)
    server = commands.add_parser("server", prog="script/server", help="运行门户 / run the portal")
    server.add_argument("--port", type=port, default=8000, help="端口 / port (8000)")
    server.add_argument("--host", default="127.0.0.1", help="监听地址 / address to listen on (127.0.0.1)")
    server.add_argument("--no-demo", action="store_true", help="不装演示数据 / without demonstration records")
    for name, text in (
        ("services", "只运行数据库和消息队列 / only the embedded servers, for a command or until Ctrl-C"),
        ("test-env", "在临时数据库上运行命令 / run a command on throw-away servers"),
    ):
        inside = commands.add_parser(name, help=text)
        inside.add_argument("inside", nargs=argparse.REMAINDER, metavar="COMMAND")
        inside.set_defaults(durable=False)
        if name == "test-env":
            inside.add_argument("--durable", action="store_true", help="刷盘 / with fsync, for measurements")
    return top


def port(text: str) -> int:
    """A port number a server may listen on."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("端口应为 1 到 65535 / must be from 1 to 65535")
    return int(text)


def main(arguments: list[str]) -> int:
    """Run one subcommand; returns the exit code."""
    speak_utf8()
    if arguments[:1] == ["test"]:  # everything after it belongs to pytest
        from launcher import testing

        return testing.run(arguments[1:])
    options = parser().parse_args(arguments)
    if getattr(options, "inside", None) and options.inside[0] == "--":
        options.inside.pop(0)
    if options.command == "server":
        from launcher.server import serve

        return serve(options)
    from launcher.inside import run_inside

    return run_inside(options)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        complain(trouble)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
