. ./steps/lib.sh
think 1
if [ "${UET_ATTEMPT:-1}" -eq 1 ]; then
    echo "ring-peek: the service is busy, try again later" >&2
    exit 75 # EX_TEMPFAIL, which .uet/config.yaml lists as transient
fi
above '#endif' src/ring.h <<'END'
/* The oldest byte, which stays in the ring, or -1 when the ring is empty. */
int ring_peek(const struct ring *r);

END
cat >> src/ring.c <<'END'

int ring_peek(const struct ring *r)
{
    return r->count == 0 ? -1 : r->bytes[r->head];
}
END
above '    return check_done' tests/test_ring.c <<'END'
    CHECK(ring_peek(&r) == 2);
    CHECK(ring_pop(&r) == 2);
    ring_init(&r);
    CHECK(ring_peek(&r) == -1);

END
