#!/bin/sh
# git 2.39.5: `proc-receive` is not told who signed the push that it takes.
#
# pre-receive and post-receive have GIT_PUSH_CERT, its key, signer and status in their environment; proc-receive, which runs
# between the two for the same push, has none of them, and its own protocol has no place for it. The manual tells of the
# certificate at the other two and says nothing here. Who goes by the signer has to hand it on from pre-receive.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_git 1:2.39.5-0+deb12u3
signed_host
git -C "$work/host" config receive.procReceiveRefs refs/for
for hook in pre-receive post-receive; do
    printf '#!/bin/sh\necho "%s ${GIT_PUSH_CERT_SIGNER-none}" >>"%s/signers.seen"\n' $hook "$work" >"$work/host/hooks/$hook"
done
cat >"$work/host/hooks/proc-receive" <<'HOOK'
#!/usr/bin/env python3
import os, sys

def packet(text):
    sys.stdout.buffer.write(b"%04x%s" % (len(text) + 4, text))

def section():
    lines = []
    while (size := int(sys.stdin.buffer.read(4), 16)) > 0:
        lines.append(sys.stdin.buffer.read(size - 4))
    return lines

with open(os.environ["SEEN"], "a") as seen:
    print("proc-receive", os.environ.get("GIT_PUSH_CERT_SIGNER", "none"), file=seen)
section()
packet(b"version=1")
sys.stdout.buffer.write(b"0000")
sys.stdout.flush()
for line in section():
    packet(b"ok " + line.split()[2])
sys.stdout.buffer.write(b"0000")
HOOK
chmod +x "$work"/host/hooks/*-receive
SEEN=$work/signers.seen PATH=$GIT_EXEC_PATH:$PATH git push --quiet --signed "$work/host" HEAD:refs/for/main
seen "signer in" "pre-receive me@example.com, proc-receive none, post-receive me@example.com" \
    "$(paste -sd, "$work/signers.seen" | sed 's/,/, /g')"
