# Sourced by the scripts: goes to the project, finds a Python and brings .venv up to date.
# $PYTHON chooses the interpreter. With need=--dev the packages of the tests are installed, too.
cd "$(dirname "$0")/.." || exit 1

good_python() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        good_python "$PYTHON" && echo "$PYTHON"
        return
    fi
    for name in python3 python3.13 python3.12 python3.11; do
        if good_python "$name"; then
            echo "$name"
            return
        fi
    done
}

python=$(find_python)
if [ -z "$python" ]; then
    echo "✗ 需要 Python 3.11 或更高版本；可用 PYTHON=/路径/python3 指定。 / Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3." >&2
    exit 1
fi
"$python" -m launcher.install ${need:-} || exit
