# For the scripts that start and stop servers, to be sourced. A server owns a folder, which holds
#   pid       its process              started   when that process started: with the pid it names one process for ever
#   port      where it listens, on 127.0.0.1
#   ready     the pid again, there as soon as the server serves

# name: that of the script which sources this, as seen from this folder: `mesos/up`.
name() {
    local path
    path=$(cd "$(dirname "$0")" && pwd)/${0##*/}
    echo "${path#"$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/"}"
}

# usage: tells how that script is called, by its second line up to the colon, and ends with status 2.
usage() {
    sed -n "2s|^# [^ ]* \([^:]*\):.*|usage: $(name) \1|p" "$0" >&2
    exit 2
}

# whole WORD VALUE: ends with status 2 unless VALUE, which WORD was given, is a whole number.
whole() {
    [[ $2 =~ ^(0|[1-9][0-9]{0,8})$ ]] || { echo "$(name): $1 takes a whole number, not “$2”" >&2; exit 2; }
}

# startOf PID: when a process started, in the kernel's ticks; fails if it has ended, waited for or not.
startOf() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) }                           # the process's name, which may hold anything, comes before
    [[ $stat != [ZX]* ]] || return 1
    set -- $stat
    echo "${20}"
}

# ownerOf FOLDER: the pid of the folder's server, if it is alive.
ownerOf() {
    local pid
    pid=$(cat "$1/pid" 2>/dev/null) && [ -n "$pid" ] && [ "$(startOf "$pid")" = "$(cat "$1/started" 2>/dev/null)" ] && echo "$pid"
}

# claim FOLDER: makes this process, and what it becomes by `exec`, the folder's server. Refuses a folder that has one.
claim() {
    local owner
    if owner=$(ownerOf "$1"); then echo "$0: process $owner already runs on $1" >&2; exit 1; fi
    rm -f "$1/ready"
    startOf $$ >"$1/started"
    echo $$ >"$1/pid"
}

# serve FOLDER PORT CHECK: to be called right before `exec` of the server. Looks in the background until CHECK, a
# function, succeeds; then the folder is ready.
serve() {
    echo "$2" >"$1/port"
    (announce "$1" $$ "$3" </dev/null >/dev/null 2>&1 &)
}

announce() {
    while startOf "$2" >/dev/null; do
        if "$3"; then echo "$2" >"$1/ready.new" && mv "$1/ready.new" "$1/ready"; return; fi
        sleep 0.05
    done
}
