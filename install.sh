#!/usr/bin/env bash
# Installs cued as a service that starts with the machine: ./install.sh [--system] [--dry-run] [--uninstall] [--help]
# May be called again at any time: what is done already is left alone, what was left half-done is done anew.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

usage() {
    cat <<'END'
usage: ./install.sh [--system] [--dry-run] [--uninstall] [--config NAME] [--no-packages] [--no-start]

  (alone)        for you: ~/.local/share/cued/venv, ~/.local/bin/cued and a service of your own that starts with the machine
  --system       for the machine, as the user cued: /usr/local/lib/cued, on ALSA directly, without Bluetooth headphones
  --config NAME  begin from configs/NAME.yaml: raspberry-pi, linux-phone, desk, or none (default: by the machine)
  --no-packages  leave Debian's packages alone
  --no-start     make all ready, start nothing
  --dry-run      say every step, change nothing
  --uninstall    take away what this put there; your runs, configuration and packages stay

example:
  ./install.sh --dry-run && ./install.sh
END
}

refuse() { echo "cued: $1" >&2; exit 2; }

system='' dry='' uninstall='' packages=yes start=yes config=''
while [ $# -gt 0 ]; do
    case $1 in
        --system) system=yes ;;
        --dry-run) dry=yes ;;
        --uninstall) uninstall=yes ;;
        --no-packages) packages='' ;;
        --no-start) start='' ;;
        --config) [ $# -gt 1 ] || refuse "--config wants a name: raspberry-pi, linux-phone, desk or none"; config=$2; shift ;;
        --config=*) config=${1#*=} ;;
        -h | --help) usage; exit 0 ;;
        *) refuse "there is no option $1; ./install.sh --help lists them" ;;
    esac
    shift
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- saying and doing ------------------------------------------------------------------------------------------------

left_to_do=()
step() { printf '== %s\n' "$*"; }
say() { printf '   %s\n' "$*"; }
later() { left_to_do+=("$1"); say "left to do: $1"; }
# Do it, or with --dry-run say it.
run() {
    if [ -n "$dry" ]; then say "would: $*"; return; fi
    "$@"
}

# The same as root. With a terminal sudo may ask for the password; without one it must not wait for an answer that cannot come.
as_root() {
    if [ -n "$dry" ]; then say "would, as root: $*"; return; fi
    if [ "$(id -u)" -eq 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null || return 1
    if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
}

# put MODE FILE [AS]: FILE has the text on stdin from now on; returns 1 where it has it already. AS is `run` or `as_root`.
put() {
    local mode=$1 file=$2 as=${3:-run} new=$work/new
    cat >"$new"
    if cmp -s "$new" "$file" || { [ -z "$dry" ] && [ "$as" = as_root ] && as_root cmp -s "$new" "$file"; }; then return 1; fi
    say "$file"
    if [ -z "$dry" ]; then
        # Whole or not at all: a power cut leaves no half of a unit.
        if ! { $as install -D -m "$mode" "$new" "$file.new" && $as mv -f "$file.new" "$file"; }; then refuse "$file cannot be written"; fi
    fi
}

# take FILE [AS]: it is gone from now on.
take() {
    if [ -e "$1" ] || [ -L "$1" ]; then say "away: $1"; [ -n "$dry" ] || ${2:-run} rm -rf "$1"; fi
}

# --- where ------------------------------------------------------------------------------------------------------------

etc=${DESTDIR-}/etc
if [ -n "$system" ]; then
    who=cued as=as_root
    base=${CUED_PREFIX:-${DESTDIR-}/usr/local/lib/cued}
    link=${DESTDIR-}/usr/local/bin/cued
    units=$etc/systemd/system
    config_file=$etc/cued/config.yaml
    data=/var/lib/cued
    unit_from=systemd/cued-system.service unit_venv=/usr/local/lib/cued/venv
    ctl=(systemctl) journal=(journalctl)
else
    who=$(id -un) as=run
    base=${CUED_PREFIX:-${XDG_DATA_HOME:-$HOME/.local/share}/cued}
    link=$HOME/.local/bin/cued
    units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
    config_file=${XDG_CONFIG_HOME:-$HOME/.config}/cued/config.yaml
    data=${XDG_DATA_HOME:-$HOME/.local/share}/cued
    unit_from=systemd/cued.service unit_venv=%h/.local/share/cued/venv
    ctl=(systemctl --user) journal=(journalctl --user)
fi
venv=$base/venv     # a link to the one of venvs/ that works
wireplumber=${XDG_CONFIG_HOME:-$HOME/.config}/wireplumber
seat_files=("$wireplumber/bluetooth.lua.d/51-cued-headless.lua" "$wireplumber/wireplumber.conf.d/51-cued-headless.conf")
polkit_rule=$etc/polkit-1/rules.d/50-cued-poweroff.rules
sysusers=$etc/sysusers.d/cued.conf

is_pi() { grep -qsa 'Raspberry Pi' "${CUED_MODEL_FILE:-/proc/device-tree/model}"; }
has() { command -v "$1" >/dev/null; }
group_there() { getent group "$1" >/dev/null; }
in_group() { id -nG "$who" 2>/dev/null | tr ' ' '\n' | grep -qx "$1"; }

# --- preflight --------------------------------------------------------------------------------------------------------

recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
with_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }
find_python() {
    local one
    for one in ${PYTHON:-/usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11}; do
        if recent "$one" && with_venv "$one"; then command -v "$one"; return; fi
    done
    return 1
}

NEEDED_MB=500   # an environment has 150 MB, an upgrade two of them for a while, and Debian's packages up to 200 MB

# A login by `su` or `sudo` lacks what leads to the user's manager; where that runs, name it.
find_user_manager() {
    local runtime
    runtime=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
    export XDG_RUNTIME_DIR=$runtime
    [ -n "${DBUS_SESSION_BUS_ADDRESS-}" ] || [ ! -S "$runtime/bus" ] || export DBUS_SESSION_BUS_ADDRESS="unix:path=$runtime/bus"
    "${ctl[@]}" show-environment >/dev/null 2>&1
}

service=yes
preflight() {
    step "Is this machine fit for it?"
    [ "$(uname -s)" = Linux ] || refuse "cued runs on Linux; this is $(uname -s)"
    case $(uname -m) in
        x86_64 | aarch64) ;;
        *) refuse "cued needs a 64-bit system on x86-64 or ARM; this is $(uname -m). On a Raspberry Pi: the 64-bit Raspberry Pi OS" ;;
    esac
    [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] || refuse "the kernel has 64 bits, the system 32: install the 64-bit Raspberry Pi OS, or another 64-bit Debian"
    if [ -z "$system" ] && [ "$(id -u)" -eq 0 ]; then
        refuse "call it as the user who runs, without sudo (it asks for root where it must); --system installs for the machine"
    fi
    if [ -n "$system" ] && [ -z "$dry" ] && ! as_root true; then refuse "--system needs root: sudo ./install.sh --system"; fi
    case $config in
        '' | none) ;;
        *) [ -f "configs/$config.yaml" ] || refuse "--config $config: give raspberry-pi, linux-phone, desk or none" ;;
    esac
    if [ -e "$link" ] && [ ! -L "$link" ]; then refuse "$link is there and is no link: move it away"; fi
    if ! python=$(find_python); then
        has apt-get || refuse "cued needs Python 3.11 or newer with its venv module; PYTHON=/path/to/python3 ./install.sh names one"
        if has python3 && ! recent python3; then
            refuse "cued needs Python 3.11 or newer; this has $(python3 -V 2>&1). Debian 12 and newer, and Raspberry Pi OS of the same age, have it"
        fi
        python=python3
    fi
    local folder=$base free_mb
    while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
    free_mb=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
    [ "$free_mb" -ge "$NEEDED_MB" ] || refuse "$folder has $free_mb MB free, and cued needs $NEEDED_MB MB"
    if ! has systemctl; then
        service=''
        say "no systemd here: cued is installed, and you start \`cued daemon\` by your system's own means"
    elif [ -z "$system" ] && ! find_user_manager; then
        refuse "no systemd manager answers for $who: log in as $who (ssh, console), not by su or sudo, and call it again"
    elif [ -n "$system" ] && ! "${ctl[@]}" show-environment >/dev/null 2>&1; then
        refuse "systemd does not answer: is this a container, or a machine that starts without it?"
    fi
    say "$(uname -m), $("$python" -V 2>&1 || echo 'Python to be installed'), $free_mb MB free, for $who"
}

# --- steps ------------------------------------------------------------------------------------------------------------

# PipeWire alone may be there for the screen's sake, with PulseAudio for sound.
uses_pulseaudio() { has pulseaudio && ! has pipewire-pulse; }

install_packages() {
    step "Debian's packages"
    local wanted=(libportaudio2 espeak-ng bluez python3 python3-venv)
    if [ -n "$system" ]; then
        wanted+=(alsa-utils)
    elif uses_pulseaudio; then
        wanted+=(pulseaudio-module-bluetooth)
    else
        # pipewire-alsa leads ALSA's default, which PortAudio plays on, to PipeWire; pulseaudio-utils has pactl.
        wanted+=(pipewire pipewire-alsa pipewire-pulse wireplumber libspa-0.2-bluetooth pulseaudio-utils)
    fi
    if is_pi || [ -n "$system" ]; then wanted+=(polkitd); fi
    if [ -z "$packages" ]; then say "left alone (--no-packages): ${wanted[*]}"; return; fi
    # The buttons' libraries have no wheels for every Python; the system's own fit its own.
    local buttons=(python3-gpiozero python3-lgpio)
    if [ -n "$dry" ]; then
        say "would: scripts/packages ${wanted[*]}"
        if is_pi; then say "would: scripts/packages ${buttons[*]}"; fi
        return
    fi
    scripts/packages "${wanted[@]}" || later "install what is missing (above), then ./install.sh once more"
    if is_pi && ! scripts/packages "${buttons[@]}"; then later "for buttons and LED: what is missing (above); Raspberry Pi OS has it"; fi
    python=$(find_python) || refuse "no Python 3.11 or newer with its venv module: sudo apt install python3-venv"
}

# A user's manager that was there before the packages does not know their units yet.
start_sound() {
    if [ -n "$system" ] || [ -z "$service" ] || [ -z "$start" ] || uses_pulseaudio; then return; fi
    step "The sound server"
    if "${ctl[@]}" is-active --quiet pipewire.socket pipewire-pulse.socket wireplumber.service; then say "it runs already"; return; fi
    run "${ctl[@]}" daemon-reload
    run "${ctl[@]}" start pipewire.socket pipewire-pulse.socket wireplumber.service || later "the sound server does not start; see: ${journal[*]} -n 30"
}

# What the environment is made from: another key is another environment.
venv_key() {
    {
        "$python" -VV
        is_pi && echo "with the system's packages"
        find cued cue_packs configs pyproject.toml hatch_build.py requirements.lock -type f ! -name '*.pyc' | LC_ALL=C sort | xargs sha256sum
    } 2>/dev/null | sha256sum | cut -c 1-12
}

old_venv='' new_venv=''
install_venv() {
    step "cued, in $venv"
    local key made=$work/source options=()
    key=$(venv_key)
    new_venv=$base/venvs/$key
    old_venv=$(readlink "$venv" || true)
    if [ -f "$new_venv/.complete" ]; then
        say "already there, and unchanged"
        return
    fi
    if [ -n "$dry" ]; then
        say "would: make $new_venv from requirements.lock, try it, and let $venv lead to it; the one there stays until then"
        return
    fi
    # gpiozero and lgpio come from Debian (above); everything else is found in the environment first.
    if is_pi; then options+=(--system-site-packages); fi
    $as rm -rf "$new_venv"          # a half-made one
    $as mkdir -p "$base/venvs"
    $as "$python" -m venv "${options[@]}" "$new_venv"
    local pip=("$new_venv/bin/python" -m pip --disable-pip-version-check --no-input install -q)
    say "fetching what is locked (a few minutes on a Raspberry Pi)"
    $as "${pip[@]}" --require-hashes --no-deps --only-binary :all: -r requirements.lock
    mkdir "$made"
    # A copy, for building writes beside the sources, and those may belong to somebody else.
    cp -R cued cue_packs configs pyproject.toml hatch_build.py README.md LICENSE "$made"
    $as "${pip[@]}" --no-deps --no-build-isolation "$made"
    "$new_venv/bin/cued" --version >/dev/null || refuse "the new cued does not start; the old one is still in place"
    $as touch "$new_venv/.complete"
}

# Let the link lead to $1; mv replaces a link in one step, so that there is always one that works.
lead_to() { $as ln -sfn "$1" "$venv.new" && $as mv -fT "$venv.new" "$venv"; }

changed=''
switch_venv() {
    if [ "$(readlink "$venv" || true)" != "$new_venv" ]; then
        changed=yes
        if [ -n "$dry" ]; then say "would: let $venv lead to $new_venv"; else lead_to "$new_venv"; fi
    fi
    if [ "$(readlink "$link" || true)" != "$venv/bin/cued" ]; then
        say "$link"
        $as mkdir -p "$(dirname "$link")"
        $as ln -sfn "$venv/bin/cued" "$link"
    fi
    case ":$PATH:" in
        *":$(dirname "$link"):"*) ;;
        *) say "$(dirname "$link") is not on your PATH yet: log in anew (Debian's ~/.profile takes it up once it is there)" ;;
    esac
}

# Only the one that works is kept.
tidy_venvs() {
    local one
    if [ -n "$dry" ]; then return; fi
    for one in "$base"/venvs/*; do
        if [ -d "$one" ] && [ "$one" != "$(readlink "$venv")" ]; then say "away: $one"; $as rm -rf "$one"; fi
    done
}

install_config() {
    step "Configuration"
    if [ -e "$config_file" ]; then say "yours stays: $config_file"; return; fi
    if [ -z "$config" ]; then
        if is_pi; then config=raspberry-pi
        elif [ "$(hostnamectl chassis 2>/dev/null || true)" = handset ]; then config=linux-phone
        else config=none; fi
    fi
    if [ "$config" = none ]; then say "none needed; \`cued config show --full\` prints one to begin from"; return; fi
    put 644 "$config_file" $as <"configs/$config.yaml" || true
}

install_user() {
    [ -n "$system" ] || return 0
    step "The user cued"
    put 644 "$sysusers" as_root <systemd/cued.sysusers || true
    as_root systemd-sysusers "$sysusers" || refuse "the user cued cannot be made"
}

install_groups() {
    step "Groups"
    local group why joined=''
    while read -r group why; do
        if ! group_there "$group"; then continue; fi
        if in_group "$group"; then say "$group: already"; continue; fi
        say "$group: $why"
        if as_root usermod -aG "$group" "$who"; then joined=yes; else later "sudo usermod -aG $group $who"; fi
    done <<'END'
audio sound cards, where nobody is logged in at a screen
bluetooth headphones' keys, over BlueZ
gpio buttons and the LED
END
    if [ -n "$joined" ] && [ -z "$system" ]; then later "sudo reboot, once: a group counts from the next start on"; fi
}

install_linger() {
    if [ -n "$system" ] || [ -z "$service" ]; then return; fi
    step "A service that starts without a login"
    if [ "$(loginctl show-user "$who" --property=Linger --value 2>/dev/null || true)" = yes ]; then
        say "already (linger)"
    else
        as_root loginctl enable-linger "$who" || later "sudo loginctl enable-linger $who"
    fi
}

wireplumber_version() {
    local told
    told=$(dpkg-query -W -f '${Version}' wireplumber 2>/dev/null || wireplumber --version 2>/dev/null | sed -n 's/.*libwireplumber //p' | tail -n 1)
    printf '%s\n' "${told:-0.5}"
}

# WirePlumber gives Bluetooth to whoever sits at the screen; where there is none, nobody gets it unless told otherwise.
install_seat() {
    if [ -n "$system" ] || uses_pulseaudio; then return; fi
    step "Bluetooth headphones without a screen"
    if systemctl is-enabled display-manager.service >/dev/null 2>&1; then say "there is a screen: WirePlumber stays as it is"; return; fi
    local fresh=''
    case $(wireplumber_version) in
        0.4*) put 644 "${seat_files[0]}" <<'END' && fresh=yes
-- By cued's install.sh: no seat is waited for, since this machine has no screen.
bluez_monitor.properties["with-logind"] = false
END
            ;;
        *) put 644 "${seat_files[1]}" <<'END' && fresh=yes
# By cued's install.sh: no seat is waited for, since this machine has no screen.
wireplumber.profiles = { main = { monitor.bluez.seat-monitoring = disabled } }
END
            ;;
    esac
    if [ -z "$fresh" ]; then say "already"; return; fi
    # All three: with WirePlumber alone, PipeWire 0.3.65 then lets every new client wait for ever.
    if [ -n "$start" ] && [ -n "$service" ]; then
        run "${ctl[@]}" try-restart pipewire.service pipewire-pulse.service wireplumber.service || true
    fi
}

install_poweroff() {
    if ! is_pi || [ -z "$service" ]; then return; fi
    step "Switching off by a held button"
    if ! as_root true; then later "as root: systemd/cued-poweroff.rules to $polkit_rule, with $who for @USER@"; return; fi
    put 644 "$polkit_rule" as_root < <(sed "s/@USER@/$who/" systemd/cued-poweroff.rules) || say "already"
}

systemd_version() { systemctl --version 2>/dev/null | awk 'NR == 1 { print $2 + 0 }'; }

# Some kernels and distributions forbid user namespaces, and a unit that asks for them would not start.
namespaces_work() {
    [ -n "$system" ] && return 1    # its unit has all of it
    systemd-run --user --wait --quiet --collect -p PrivateUsers=yes -p ProtectSystem=full -p ProtectKernelTunables=yes true >/dev/null 2>&1
}

install_units() {
    [ -n "$service" ] || return 0
    step "The service"
    local fresh='' dropins=$units/cued.service.d
    # The units name the usual place; another one is written in.
    put 644 "$units/cued.service" $as < <(sed "s|$unit_venv|$venv|" "$unit_from") && fresh=yes
    if [ "$(systemd_version)" -ge 254 ]; then
        put 644 "$dropins/pauses.conf" $as <systemd/cued.service.d/pauses.conf && fresh=yes
    fi
    if [ -n "$dry" ] && [ -z "$system" ]; then
        say "would: try whether user namespaces work here, and add $dropins/sandbox.conf if they do"
    elif namespaces_work; then
        put 644 "$dropins/sandbox.conf" $as <systemd/cued.service.d/sandbox.conf && fresh=yes
    elif [ -e "$dropins/sandbox.conf" ]; then
        take "$dropins/sandbox.conf" $as
        fresh=yes
    fi
    if [ -n "$fresh" ]; then
        changed=yes
        $as "${ctl[@]}" daemon-reload
    else
        say "already there, and unchanged"
    fi
    if "${ctl[@]}" is-enabled --quiet cued.service 2>/dev/null; then say "already enabled"; else $as "${ctl[@]}" enable --quiet cued.service; fi
}

start_service() {
    if [ -z "$service" ]; then tidy_venvs; return; fi
    if [ -z "$start" ]; then return; fi     # what is old may still be wanted
    step "Start"
    if [ -z "$changed" ] && "${ctl[@]}" is-active --quiet cued.service; then say "it runs already, and nothing has changed"; tidy_venvs; return; fi
    $as "${ctl[@]}" reset-failed cued.service 2>/dev/null || true
    if $as "${ctl[@]}" restart cued.service; then tidy_venvs; return; fi
    # Its own last words say more than systemd's.
    $as "${journal[@]}" -u cued -n 4 -o cat --no-pager 2>/dev/null | sed 's/^/   | /' || true
    if [ -n "$old_venv" ] && [ "$old_venv" != "$new_venv" ] && [ -d "$old_venv" ]; then
        lead_to "$old_venv"
        $as "${ctl[@]}" restart cued.service || true
        refuse "the new cued does not start as a service, so the old one is in place again; see: ${journal[*]} -u cued -n 30"
    fi
    later "the service does not start; see: ${journal[*]} -u cued -n 30"
}

last_words() {
    step "What works"
    if [ -n "$dry" ]; then say "would: cued doctor"; say "Nothing was changed."; return; fi
    "$venv/bin/cued" doctor || true
    echo
    if [ ${#left_to_do[@]} -gt 0 ]; then
        echo "Left to do:"
        printf '  %s\n' "${left_to_do[@]}"
    fi
    if [ -n "$system" ]; then
        echo "Next: put your pack and sound device into $config_file, then sudo systemctl restart cued; docs/pi.md tells the rest."
    else
        echo "Next: cued setup (headphones, pod, ear, volumes); docs/pi.md tells the rest."
    fi
}

# --- the other way round ----------------------------------------------------------------------------------------------

uninstall_all() {
    step "Taking cued away (for $who)"
    if [ -z "$system" ] && [ "$(id -u)" -eq 0 ]; then refuse "call it as the user who installed it, without sudo; --system is for the machine's"; fi
    if [ -n "$system" ] && [ -z "$dry" ] && ! as_root true; then refuse "--system needs root: sudo ./install.sh --system --uninstall"; fi
    local file
    if has systemctl && { [ -n "$system" ] || find_user_manager; } && [ -e "$units/cued.service" ]; then
        $as "${ctl[@]}" disable --quiet --now cued.service || true
    fi
    # Where no manager answers the link that enables it goes by hand.
    for file in "$units"/{default,multi-user}.target.wants/cued.service; do take "$file" $as; done
    if [ -e "$units/cued.service" ]; then
        take "$units/cued.service" $as
        take "$units/cued.service.d/pauses.conf" $as
        take "$units/cued.service.d/sandbox.conf" $as
        [ ! -d "$units/cued.service.d" ] || $as rmdir "$units/cued.service.d" 2>/dev/null || say "stays: $units/cued.service.d (with settings of yours)"
        if has systemctl; then $as "${ctl[@]}" daemon-reload || true; fi
    fi
    if [ "$(readlink "$link" || true)" = "$venv/bin/cued" ]; then take "$link" $as; fi
    take "$venv" $as
    take "$venv.new" $as
    take "$base/venvs" $as
    if [ -n "$system" ]; then
        take "$sysusers" as_root
        [ ! -d "$base" ] || $as rmdir "$base" 2>/dev/null || true
    else
        for file in "${seat_files[@]}"; do take "$file"; done
    fi
    if [ -e "$polkit_rule" ] && grep -qs "\"$who\"" "$polkit_rule"; then take "$polkit_rule" as_root || later "sudo rm $polkit_rule"; fi
    step "What stays"
    say "your runs, pods and headphones: $data"
    say "your configuration: $config_file"
    say "Debian's packages, group memberships$([ -n "$system" ] && echo ", the user cued" || echo ", and linger (sudo loginctl disable-linger $who)")"
    [ -z "$dry" ] || say "Nothing was changed."
}

# ----------------------------------------------------------------------------------------------------------------------

if [ -n "$uninstall" ]; then uninstall_all; exit 0; fi
preflight
install_packages
start_sound
install_user
install_venv
switch_venv
install_config
install_groups
install_linger
install_seat
install_poweroff
install_units
start_service
last_words
