/* Starts the command. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
/* No copy of the page tables: the child changes nothing that the parent reads but `candidate`. */
#define fork_command vfork
#else
#define fork_command fork
#endif

static char candidate[PATH_MAX];

static const char *variable(char *const *environment, const char *name) {
  size_t length = strlen(name);
  for (; *environment != NULL; environment++)
    if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
      return *environment + length + 1;
  return NULL;
}

/* Executes the program, looked up in the command's own PATH where its name has no slash. Entries of
 * PATH that are not absolute are passed over: they would find programs in the worktree. */
static void execute(const struct order *order) {
  const char *name = order->argv[0];
  if (strchr(name, '/') != NULL) {
    execve(name, order->argv, order->environment);
    return;
  }
  const char *path = variable(order->environment, "PATH");
  if (path == NULL) path = "/usr/local/bin:/usr/bin:/bin";
  int error = ENOENT;
  size_t name_length = strlen(name);
  for (const char *end; *path != '\0'; path = *end == ':' ? end + 1 : end) {
    end = path + strcspn(path, ":");
    size_t length = (size_t)(end - path);
    if (*path != '/' || name_length == 0 || length + name_length + 2 > sizeof candidate) continue;
    memcpy(candidate, path, length);
    candidate[length] = '/';
    memcpy(candidate + length + 1, name, name_length + 1);
    execve(candidate, order->argv, order->environment);
    if (errno == EACCES) error = EACCES;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return;
  }
  errno = error;
}

static void reset_signals(void) {
  struct sigaction usual = {.sa_handler = SIG_DFL};
  sigemptyset(&usual.sa_mask);
  for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child. It leaves the supervisor's process group. On Linux it stays in the session: with a
 * new one the scheduler makes a new group of tasks, which costs milliseconds on a busy machine. */
_Noreturn static void become_command(const struct order *order, const int *fds, int trouble) {
  struct start_failure failure = {STEP_EXEC, 0};
#ifdef __linux__
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
#else
  setsid();
#endif
  reset_signals();
  limits_enter(&order->limits);
  if (chdir(order->cwd) != 0) {
    failure.step = STEP_CWD;
  } else if (dup2(fds[0], 0) < 0 || dup2(fds[1], 1) < 0 || dup2(fds[1], 2) < 0) {
    failure.step = STEP_PIPE;
  } else {
    execute(order);
  }
  failure.error = errno;
  ssize_t ignored = write(trouble, &failure, sizeof failure);
  (void)ignored;
  _exit(127);
}

static bool private_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC) == 0;
#else
  if (pipe(ends) != 0) return false;
  return fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
#endif
}

pid_t command_start(const struct order *order, int *output, struct start_failure *failure) {
  int out[2], trouble[2];
  int input = open(order->input, O_RDONLY | O_CLOEXEC);
  *failure = (struct start_failure){STEP_PIPE, 0};
  if (input < 0 || !private_pipe(out) || !private_pipe(trouble)) {
    failure->error = errno;
    return -1;
  }
  const int fds[2] = {input, out[1]};
  pid_t pid = fork_command();
  if (pid == 0) become_command(order, fds, trouble[1]);
  if (pid < 0) *failure = (struct start_failure){STEP_FORK, errno};
  close(input);
  close(out[1]);
  close(trouble[1]);
  if (pid < 0) return -1;
  struct start_failure told;
  ssize_t count;
  do count = read(trouble[0], &told, sizeof told);
  while (count < 0 && errno == EINTR);
  close(trouble[0]);
  *output = out[0];
  fcntl(out[0], F_SETFL, O_NONBLOCK);
  if (count != (ssize_t)sizeof told) return pid;
  *failure = told;
  return -1;
}
