. ./steps/lib.sh
think 2
swap vec_add vec_push src/vec.h src/vec.c tests/test_vec.c
above 'void vec_free' src/vec.h <<'END'
/* Removes the last string. Returns 0, or -1 when there is none. */
int vec_pop(struct vec *v);

END
cat >> src/vec.c <<'END'

int vec_pop(struct vec *v)
{
    if (v->count == 0)
        return -1;
    free(v->items[--v->count]);
    return 0;
}
END
above '    vec_free' tests/test_vec.c <<'END'
    CHECK(vec_pop(&v) == 0);
    CHECK(v.count == 8);
    CHECK(strcmp(v.items[7], "odd") == 0);
END
