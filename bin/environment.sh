# Sourced by the commands in this folder: makes the project's own environment, .venv, when it is missing or out of date.
#
#   ensure_environment server|desktop|development   then: "$python" runs the project
#
# Second runs only compare a checksum.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=$top/.venv/bin/python
export PYTHONPATH=$top${PYTHONPATH:+:$PYTHONPATH}

say() { printf '%s\n' "$*" >&2; }

server_packages="libespeak-ng1 espeak-ng-data fonts-wqy-microhei"
# What PySide6's own files need and do not bring: the screen, the sound, the fonts of its pictures.
desktop_packages="libegl1 libgl1 libdbus-1-3 libfontconfig1 libgssapi-krb5-2 libpulse0 libx11-xcb1 libxkbcommon-x11-0 libxrandr2 libxcb-cursor0 libxcb-glx0 libxcb-icccm4 libxcb-keysyms1 libxcb-randr0 libxcb-shape0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 fonts-noto-core fonts-dejavu-core fonts-wqy-microhei"
test_packages="$desktop_packages pulseaudio pulseaudio-utils xvfb openbox xdotool systemd sox libspandsp2 espeak-ng mgetty-voice efax hylafax-client hylafax-server postgresql asterisk-core-sounds-en-wav asterisk-moh-opsound-wav libtiff-tools poppler-utils"

# Debian packages that are wanted and not installed.
missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}

# Installs what is missing when we may; else prints the exact line and goes on with what works.
ensure_packages() {
    command -v dpkg-query >/dev/null || return 0
    local missing
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        say "Installing system packages / 正在安装系统软件包: $missing"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing; } \
            >"$top/.venv-packages.log" 2>&1 && rm -f "$top/.venv-packages.log" && return 0
        say "That failed; see .venv-packages.log. Going on without. / 安装失败，继续运行。"
    else
        say "Not installed, some things will not work / 缺少软件包，部分功能不可用:"
        say "    sudo apt-get install --no-install-recommends $missing"
    fi
}

find_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "Python 3.11 or newer is needed: apt-get install python3 python3-venv / 需要 Python 3.11 以上"
    exit 1
}

# Whether the environment was made for more than is asked for, from the same pyproject.toml.
holds_more() {
    case $1 in
        server) grep -qsE "^(development|desktop) $2" "$stamp" ;;
        desktop) grep -qs "^development $2" "$stamp" ;;
        *) false ;;
    esac
}

ensure_environment() {
    local extras=$1 base wanted stamp=$top/.venv/.installed
    wanted="$extras $(sha256sum <"$top/pyproject.toml")"
    if grep -qsxF "$wanted" "$stamp" || holds_more "$extras" "${wanted#* }"; then
        return
    fi
    [ "$extras" != development ] || ensure_packages $test_packages
    [ "$extras" != desktop ] || ensure_packages $desktop_packages
    ensure_packages $server_packages
    base=$(find_python)
    if [ ! -x "$python" ]; then
        "$base" -c 'import ensurepip' 2>/dev/null || ensure_packages python3-venv
        say "Making the environment in .venv / 正在创建运行环境"
        "$base" -m venv "$top/.venv" || exit 1
    fi
    say "Installing Python packages, about a minute / 正在安装 Python 软件包，约一分钟"
    local what="$top[documents,reports]" # editable and "compat": this folder itself is on the path, where twistd looks for plugins
    [ "$extras" != desktop ] || what="$top[desktop,documents,reports]"
    [ "$extras" != development ] || what="$top[development]"
    "$python" -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat -e "$what" >&2 || exit 1
    printf '%s\n' "$wanted" >"$stamp"
}
