/* Reads the order from the command line and the environment. */
#include "supervise.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool number(const char *text, int64_t scale, int64_t *value) {
  char *end = NULL;
  errno = 0;
  long long read = strtoll(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || read < 0 || read > INT64_MAX / 4 / scale)
    return false;
  *value = (int64_t)read * scale;
  return true;
}

/* The value of `--name=value`, or NULL when `argument` is another option. */
static const char *value_of(const char *argument, const char *name) {
  size_t length = strlen(name);
  if (strncmp(argument, name, length) != 0 || argument[length] != '=') return NULL;
  return argument + length + 1;
}

/* Takes an option whose value is text. */
static bool text_option(struct order *order, const char *argument) {
  const struct {
    const char *name, **field;
  } options[] = {
      {"--cwd", &order->cwd}, {"--log", &order->log_path}, {"--input", &order->input},
      {"--view", &order->view}, {"--seen-at", &order->seen_at},
  };
  for (size_t index = 0; index < sizeof options / sizeof *options; index++) {
    const char *value = value_of(argument, options[index].name);
    if (value == NULL) continue;
    *options[index].field = value;
    return true;
  }
  return false;
}

static bool option(struct order *order, const char *argument) {
  const char *value;
  if (limits_option(&order->limits, argument) || text_option(order, argument)) return true;
  if ((value = value_of(argument, "--rule")) != NULL) {
    if (order->rule_count == RULES_MOST || (value[0] != 'r' && value[0] != 'w')) return false;
    order->rules[order->rule_count++] = value;
    return true;
  }
  if (strcmp(argument, "--wrapped") == 0) return order->wrapped = true;
  if (strcmp(argument, "--offline") == 0) return order->offline = true;
  if ((value = value_of(argument, "--log-limit")) != NULL)
    return number(value, 1, &order->log_limit);
  if ((value = value_of(argument, "--timeout-ms")) != NULL)
    return number(value, 1000, &order->timeout);
  if ((value = value_of(argument, "--grace-ms")) != NULL)
    return number(value, 1000, &order->grace);
  if ((value = value_of(argument, "--farewell-ms")) != NULL)
    return number(value, 1000, &order->farewell);
  if ((value = value_of(argument, "--beat-ms")) != NULL)
    return number(value, 1000, &order->beat) && order->beat > 0;
  return false;
}

bool order_read(struct order *order, int argc, char **argv) {
  *order = (struct order){
      .cwd = ".", .log_path = "/dev/null", .input = "/dev/null", .log_limit = 16 << 20, .grace = 10000000,
      .beat = 10000000};
  int index = 1;
  for (; index < argc && strcmp(argv[index], "--") != 0; index++)
    if (!option(order, argv[index])) return false;
  if (index + 1 >= argc || (order->view == NULL) != (order->seen_at == NULL)) return false;
  order->argv = argv + index + 1;
  return true;
}

/* The command's environment arrives with each name behind a `+`: so neither the loader nor the C
 * library of this program takes LD_PRELOAD and the like from an order for its own. One variable is
 * added, which names this supervisor: it finds the tree of a supervisor that was itself killed. */
bool order_take_environment(struct order *order, char **inherited, uint64_t start_time) {
  static char mark[80];
  static const char name[] = "UET_SUPERVISOR=";
  size_t count = 0;
  while (inherited[count] != NULL) count++;
  char **list = calloc(count + 2, sizeof *list);
  if (list == NULL) return false;
  size_t kept = 0;
  for (size_t index = 0; index < count; index++) {
    const char *entry = inherited[index];
    if (entry[0] != '+' || strncmp(entry + 1, name, sizeof name - 1) == 0) continue;
    list[kept++] = inherited[index] + 1;
  }
  snprintf(mark, sizeof mark, "%s%ld.%" PRIu64, name, (long)getpid(), start_time);
  list[kept] = mark;
  order->environment = list;
  return true;
}
