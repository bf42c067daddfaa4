# Steps, their durations and their summary; tools that a new machine lacks. Sourced by .ci/run and .ci/full.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TERM_PROGRESS_WHEN=never CARGO_TERM_COLOR=never RUST_BACKTRACE=1

passed=0
failed=0
summary=()
begun=$SECONDS

# step NAME COMMAND ...: runs the command and notes how it ended. A failure does not stop the steps behind it.
step() {
    local name=$1 start=$SECONDS end
    shift
    printf '\n=== %s\n' "$name"
    # In a subshell of its own, so that `set -e` holds inside of functions too.
    set +e
    (
        set -e
        "$@"
    ) </dev/null
    end=$?
    set -e
    note "$name" "$end" $((SECONDS - start))
}

# beside NAME COMMAND ...: as `step`, beside the steps that follow, for what waits more than it computes. `join` ends it.
beside() {
    beside_name=$1
    beside_output=$(mktemp)
    shift
    (
        start=$SECONDS
        # As in `step`.
        set +e
        (
            set -e
            "$@"
        ) </dev/null
        echo "$? $((SECONDS - start))" >"$beside_output.end"
    ) >"$beside_output" 2>&1 &
    beside_job=$!
}

# The end of what ran beside the others, with all that it said.
join() {
    local end=1 seconds=0
    wait "$beside_job" || true
    read -r end seconds <"$beside_output.end" || true
    printf '\n=== %s, which ran beside the steps above\n' "$beside_name"
    cat "$beside_output"
    note "$beside_name" "$end" "$seconds"
    rm -f "$beside_output" "$beside_output.end"
}

# note NAME EXIT-CODE SECONDS: for the summary.
note() {
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
        summary+=("$(printf 'passed  %4d s  %s' "$3" "$1")")
    else
        failed=$((failed + 1))
        summary+=("$(printf 'FAILED  %4d s  %s (exit code %d)' "$3" "$1" "$2")")
        printf '=== FAILED: %s\n' "$1"
    fi
}

# not_run NAME REASON: says in the summary what did not run.
not_run() {
    summary+=("$(printf 'NOT RUN         %s: %s' "$1" "$2")")
    printf '\n=== NOT RUN: %s: %s\n' "$1" "$2"
}

# Prints what ran. Its exit code is that of the whole script.
finish() {
    printf '\n=== What ran, in %d s\n' $((SECONDS - begun))
    printf '%s\n' "${summary[@]}"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# apt_install PACKAGE ...: without starting the services that packages bring.
apt_install() {
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod +x "$policy"
        made=yes
    fi
    local end=0
    { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "$@"; } || end=$?
    if [ -n "$made" ]; then as_root rm -f "$policy"; fi
    return "$end"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

system_packages() {
    local packages=()
    has cc || packages+=(gcc libc6-dev)
    has c++ || packages+=(g++)
    # Daemons are in a directory that is not on everybody's path.
    PATH=$PATH:/usr/sbin has mosquitto || packages+=(mosquitto)
    has mosquitto_pub || packages+=(mosquitto-clients)
    if [ "${#packages[@]}" -eq 0 ]; then
        echo "all there"
        return
    fi
    apt_install "${packages[@]}"
    case " ${packages[*]} " in
    *" mosquitto "*)
        # Where the service was started all the same.
        as_root service mosquitto stop >/dev/null 2>&1 || true
        ;;
    esac
}

# installed CRATE COMMAND: a cargo subcommand, built if it is missing.
installed() {
    has "$2" || cargo install "$1" --locked
}

# fuzz TARGET SECONDS. Address sanitizer would find nothing in a crate without unsafe code, and costs most of the speed.
fuzz() {
    local toolchain=()
    if cargo +nightly --version >/dev/null 2>&1; then
        toolchain=(+nightly)
    else
        export RUSTC_BOOTSTRAP=1
    fi
    # What is found new goes to a directory of its own, so that the committed corpus stays as it is.
    mkdir -p "fuzz/target/found/$1"
    timeout $(($2 + 600)) cargo "${toolchain[@]}" fuzz run --sanitizer none "$1" "fuzz/target/found/$1" "fuzz/corpus/$1" -- \
        -max_total_time="$2" -use_value_profile=1 -max_len=512 -dict=fuzz/dictionary.txt -print_final_stats=1 -verbosity=0
}

# fuzz_all SECONDS: a step for each target of fuzz/Cargo.toml.
fuzz_all() {
    local target targets
    targets=$(sed -n 's/^path = "fuzz_targets\/\(.*\)\.rs"$/\1/p' fuzz/Cargo.toml) || true
    if [ -z "$targets" ]; then
        step "fuzz targets are there" false
    fi
    for target in $targets; do
        step "fuzzing $target for $1 s" fuzz "$target" "$1"
    done
}
