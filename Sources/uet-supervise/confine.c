/* Shuts the command in: by Landlock from here, or by bubblewrap, which is then what is started. On Linux
 * alone; elsewhere it is refused.
 *
 * Landlock: the rules are made before the fork, where a fault can be told from the command's, and are
 * applied in the child. What no rule names cannot be opened; rules only add, so that within a
 * folder that may be written nothing can be kept from it.
 *
 * bubblewrap: it tells of the command on STATUS_FD. Two processes of its own stand above the command,
 * the one that waits outside and the first one inside; TERM would end the former and with it
 * everything, before the command could tidy up, so neither gets it. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>

/* As linux/landlock.h has them, which older systems lack in part. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };
enum { MAY_EXECUTE = 1 << 0, MAY_WRITE_FILE = 1 << 1, MAY_READ_FILE = 1 << 2, MAY_READ_DIR = 1 << 3 };
enum { MAKE_CHAR = 1 << 6, MAKE_BLOCK = 1 << 11, TRUNCATE = 1 << 14, IOCTL_DEV = 1 << 15 };

struct ruleset {
  uint64_t files, network, scopes;
};
struct path_rule {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed));

static long version(void) { return syscall(CREATE_RULESET, NULL, 0UL, ASK_VERSION); }

static uint64_t all_rights(long abi) {
  if (abi >= 5) return (1 << 16) - 1;
  if (abi >= 3) return (1 << 15) - 1;
  return abi == 2 ? (1 << 14) - 1 : (1 << 13) - 1;
}

/* Whatever is not there needs no rule. */
static bool add_rule(int rules, const char *path, uint64_t rights) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
  struct stat status;
  bool done = fstat(fd, &status) == 0;
  if (done && !S_ISDIR(status.st_mode))
    rights &= MAY_EXECUTE | MAY_WRITE_FILE | MAY_READ_FILE | TRUNCATE | IOCTL_DEV;
  const struct path_rule rule = {rights, fd};
  done = done && syscall(ADD_RULE, rules, RULE_PATH_BENEATH, &rule, 0) == 0;
  close(fd);
  return done;
}

/* bubblewrap leaves the names of abstract sockets as they are; these can be kept apart since Linux 6.12. A
 * program that gets rights as it starts would not get them under rules. */
static int scopes_alone(const char *program) {
  const struct ruleset wanted = {.scopes = 1};
  struct stat status;
  if (version() < 6 || stat(program, &status) != 0 || (status.st_mode & S_ISUID) != 0) return -1;
  return (int)syscall(CREATE_RULESET, &wanted, sizeof wanted, 0);
}

int confine_prepare(const struct order *order) {
  if (order->wrapped) return scopes_alone(order->argv[0]);
  if (order->rule_count == 0) return -1;
  const long abi = version();
  if (abi < 1) return -2;
  const uint64_t all = all_rights(abi);
  const struct ruleset wanted = {
      /* Binding and connecting, of TCP; abstract sockets and signals. */
      .files = all, .network = order->offline && abi >= 4 ? 3 : 0, .scopes = abi >= 6 ? 3 : 0};
  const size_t size = abi >= 6 ? sizeof wanted : abi >= 4 ? 16 : 8;
  int rules = (int)syscall(CREATE_RULESET, &wanted, size, 0);
  if (rules < 0) return -2;
  for (size_t index = 0; index < order->rule_count; index++) {
    const char *rule = order->rules[index];
    /* A device made in a folder of one's own would be as good as the one it stands for. */
    const uint64_t rights =
        rule[0] == 'w' ? all & ~(uint64_t)(MAKE_CHAR | MAKE_BLOCK) : MAY_EXECUTE | MAY_READ_FILE | MAY_READ_DIR;
    if (add_rule(rules, rule + 1, rights)) continue;
    int error = errno;
    close(rules);
    errno = error;
    return -2;
  }
  return rules;
}

/* Root keeps its number and none of its rights: some of these, as to look at how others run, reach past the
 * rules. For an ordinary user there is nothing to give up. */
static bool give_up_rights(void) {
  for (long right = 0; right < 64; right++)
    if (prctl(PR_CAPBSET_DROP, right, 0L, 0L, 0L) != 0) break;
  struct {
    uint32_t version;
    int process;
  } header = {0x20080522, 0};
  const struct {
    uint32_t effective, permitted, inheritable;
  } none[2] = {{0, 0, 0}, {0, 0, 0}};
  return syscall(SYS_capset, &header, none) == 0;
}

bool confine_apply(const struct order *order, int rules) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0) return false;
  /* bubblewrap needs them for a moment. */
  if (!order->wrapped && !give_up_rights()) return false;
  return syscall(RESTRICT_SELF, rules, 0) == 0;
}
#else
int confine_prepare(const struct order *order) {
  errno = ENOSYS;
  return order->rule_count == 0 ? -1 : -2;
}

bool confine_apply(const struct order *order, int rules) {
  (void)order, (void)rules;
  return false;
}
#endif

int confined_status(int fd) {
  char text[4096];
  size_t length = 0;
  ssize_t count;
  while (length < sizeof text - 1 && (count = read(fd, text + length, sizeof text - 1 - length)) > 0)
    length += (size_t)count;
  text[length] = '\0';
  static const char key[] = "\"exit-code\":";
  const char *found = strstr(text, key);
  return found == NULL ? -1 : atoi(found + sizeof key - 1);
}
