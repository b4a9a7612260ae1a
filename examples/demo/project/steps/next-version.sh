. ./steps/lib.sh
think 1
swap '1.0.0' '1.1.0' src/version.h
above '## 1.0.0' CHANGELOG.md <<'END'
## 1.1.0

str_trim, str_word, ring_peek, vec_pop, csv_write_field, ini_get_in.

END
