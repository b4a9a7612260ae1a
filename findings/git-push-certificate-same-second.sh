#!/bin/sh
# git 2.39.5: a signed push can be sent once more within the same second.
#
# The nonce of `git receive-pack` is made of the path, a secret and the time in whole seconds, and is not remembered.
# The very bytes of a signed push, sent again in the second in which the host gave the nonce, have GIT_PUSH_CERT_NONCE_STATUS
# OK: where the references are back to what the certificate says they were, it is taken again. (Over HTTP the same holds for as
# long as receive.certNonceSlop says.) A host that counts on "each certificate once" has to remember them.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_git 1:2.39.5-0+deb12u3
signed_host
printf '#!/bin/sh\necho "$GIT_PUSH_CERT_NONCE_STATUS" >>"%s/statuses"\n' "$work" >"$work/host/hooks/pre-receive"
chmod +x "$work/host/hooks/pre-receive"
printf '#!/bin/sh\ntee "%s/sent" | git-receive-pack "$@"\n' "$work" >"$work/listen"
chmod +x "$work/listen"
PATH=$GIT_EXEC_PATH:$PATH
# Until both are in one second.
tries=0
while [ $tries -lt 20 ]; do
    tries=$((tries + 1))
    rm -f "$work/statuses"
    git push --quiet --signed --receive-pack="$work/listen" "$work/host" HEAD:refs/heads/topic
    git -C "$work/host" update-ref -d refs/heads/topic
    git receive-pack "$work/host" <"$work/sent" >/dev/null 2>&1 || true
    again=$(git -C "$work/host" for-each-ref --format='%(refname)')
    [ -z "$again" ] || break
done
seen "sent again" "refs/heads/topic, its nonces OK OK" "$again, its nonces $(tr '\n' ' ' <"$work/statuses" | sed 's/ $//')"
