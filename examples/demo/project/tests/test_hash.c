#include "hash.h"
#include "check.h"

int main(void)
{
    CHECK(hash_text("") == 0x811c9dc5u);
    CHECK(hash_text("a") == 0xe40c292cu);
    CHECK(hash_text("foobar") == 0xbf9cf968u);
    CHECK(hash_text("ab") != hash_text("ba"));

    return check_done("hash");
}
