# bare_inside.sh - the part of tools/bare that runs as the first process of its namespaces, in bash.
# SPDX-License-Identifier: MIT
#
# Reads BARE_... from the environment. The folder of the run has the mount point root, and upper and work for the
# overlay. Its arguments are a command to run instead of the demo and the tests.
set -u
cd "$BARE_RUN" || exit 3

entry=() # what comes before chroot
as=()    # what comes before each command of the confined user
home=/root
status=0
options=(--yes)
! "$BARE_ESSENTIAL" || options+=(--essential)

give_up() { # MESSAGE
  printf '%s\n' "$1" >&2
  exit 3
}

in_root() { # COMMAND...
  "${entry[@]}" chroot root env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    TERM="${TERM:-dumb}" ${http_proxy:+"http_proxy=$http_proxy"} "$@"
}

mount_root() {
  mount -t overlay -o "lowerdir=../$BARE_SUITE,upperdir=upper,workdir=work" overlay root 2>/dev/null ||
    give_up "No overlay can be mounted in build/bare; its file system may be an overlay itself."
  mount -t proc proc root/proc && mount --rbind /sys root/sys && mount --rbind /dev root/dev &&
    mkdir root/mnt/tenon.git && mount --bind -o ro "$BARE_GIT" root/mnt/tenon.git || give_up "Mounting failed."
  cp -L /etc/resolv.conf root/etc/resolv.conf
  printf '%s localhost\n' 127.0.0.1 ::1 >root/etc/hosts
}

clone() {
  in_root git -c safe.directory=/mnt/tenon.git clone -q --no-checkout /mnt/tenon.git "$home/tenon" &&
    in_root git -C "$home/tenon" -c advice.detachedHead=false checkout -q "$BARE_COMMIT" ||
    give_up "The tree could not be cloned."
}

# Installing takes root and a network, so it comes before what confines the rest.
install_first() {
  in_root "$home/tenon/tools/test" "${options[@]}" --install || give_up "The installation failed."
}

confine() {
  if "$BARE_AS_USER"; then
    in_root chown -R tenon: "$home/tenon"
    as+=(setpriv --reuid tenon --regid tenon --init-groups --bounding-set=-all --no-new-privs)
  fi
  [ -z "$BARE_DESCRIPTORS" ] || as+=(prlimit "--nofile=$BARE_DESCRIPTORS:$BARE_DESCRIPTORS")
  as+=(env -C "$home/tenon" HOME="$home")
  ! "$BARE_WITHOUT_IPV6" || leave_network
}

leave_network() {
  touch net && unshare --net=net true && entry=(nsenter --net="$BARE_RUN/net") &&
    "${entry[@]}" ip link set lo up &&
    "${entry[@]}" bash -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6' || give_up "There is no network namespace."
}

step() { # COMMAND...
  local began=$SECONDS code
  printf '\n%s: %s\n' "$BARE_SUITE" "$*"
  in_root "${as[@]}" "$@" </dev/null 2>&1 | tee words | sed -u 's/^/  /'
  code=${PIPESTATUS[0]}
  printf '%s: %s: "%s", status %d, %d s\n' "$BARE_SUITE" "$1" "$(grep . words | tail -n 1)" "$code" $((SECONDS - began)) |
    tee -a summary
  [ "$code" -eq 0 ] || status=1
}

mount_root
if "$BARE_AS_USER"; then
  home=/home/tenon
  in_root useradd --create-home tenon || give_up "The user could not be made."
fi
clone
if "$BARE_AS_USER" || "$BARE_WITHOUT_IPV6"; then install_first; fi
confine
if [ $# -gt 0 ]; then
  in_root "${as[@]}" "$@" || status=1
else
  step tools/demo --yes
  step tools/test "${options[@]}"
  printf '\n'
  cat summary
fi
exit $status
