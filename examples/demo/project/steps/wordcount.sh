. ./steps/lib.sh
think 2
mkdir -p examples
cat > examples/wordcount.c <<'END'
/* Prints how many words, and how many distinct ones, standard input holds. */
#include "str.h"
#include "vec.h"

#include <stdio.h>
#include <string.h>

static int holds(const struct vec *v, const char *word)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->items[i], word) == 0)
            return 1;
    return 0;
}

int main(void)
{
    char line[1024], word[128];
    size_t total = 0;
    struct vec distinct;
    vec_init(&distinct);
    while (fgets(line, sizeof line, stdin)) {
        for (size_t i = 0; str_word(line, i, word, sizeof word) == 0; i++) {
            total++;
            if (!holds(&distinct, word) && vec_add(&distinct, word) != 0)
                return 1;
        }
    }
    printf("%zu words, %zu distinct\n", total, distinct.count);
    vec_free(&distinct);
    return 0;
}
END
