/* Foundation brings 34 MB of names, calendars and collations of all languages, which nothing here asks for: dates,
 * numbers and messages are written by this program itself, in one form. Where Foundation is linked statically it
 * finds this table of contents in place of its own, as ICU's own "stubdata" is one: with no entry. Being hidden, it
 * means nothing to a Foundation that is loaded. */
#include <stdint.h>

struct icu_data {
  uint16_t header_size;
  uint8_t magic[2];
  uint16_t info_size, info_reserved;
  uint8_t is_big_endian, charset, size_of_unit, reserved;
  uint8_t format[4], format_version[4], data_version[4];
  uint8_t padding[8];
  uint32_t count, count_reserved;
  uint32_t names[4];
};

/* The number in the name is ICU's version; a Foundation with another one takes its own data. */
__attribute__((visibility("hidden"), aligned(16))) const struct icu_data icudt76_dat = {
    .header_size = 32,
    .magic = {0xda, 0x27},
    .info_size = 20,
    .size_of_unit = 2,
    .format = {'T', 'o', 'C', 'P'},
    .format_version = {1},
};
