/* Starts the command. On Linux by vfork, and it ends with this process; elsewhere by fork, in a session of its
 * own. */
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

/* What a child is given besides its order; descriptors. */
struct outfit {
  int input, output, status, trouble, rules;
};

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
_Noreturn static void become_command(const struct order *order, const struct outfit *outfit) {
  struct start_failure failure = {STEP_EXEC, 0};
  const bool sees = order->view == NULL || view_enter(order);
  failure.error = errno;
#ifdef __linux__
  setpgid(0, 0);
  /* After the view, which may take it away. */
  prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
#else
  setsid();
#endif
  reset_signals();
  limits_enter(&order->limits);
  if (!sees) {
    failure.step = STEP_VIEW;
    errno = failure.error;
  } else if (chdir(order->cwd) != 0) {
    failure.step = STEP_CWD;
  } else if (dup2(outfit->input, 0) < 0 || dup2(outfit->output, 1) < 0
             || dup2(outfit->output, 2) < 0
             || (outfit->status >= 0 && dup2(outfit->status, STATUS_FD) < 0)) {
    failure.step = STEP_PIPE;
  } else if (outfit->rules >= 0 && !confine_apply(order, outfit->rules)) {
    failure.step = STEP_CONFINE;
  } else {
    execute(order);
  }
  failure.error = errno;
  ssize_t ignored = write(outfit->trouble, &failure, sizeof failure);
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

/* Opens what the child is given; the first descriptor opened here is the lowest, so that no other
 * stands in the place of STATUS_FD. */
static bool outfit_open(
    const struct order *order, struct outfit *outfit, int *out, int *told, int *trouble,
    struct start_failure *failure) {
  int ends[2];
  *outfit = (struct outfit){-1, -1, -1, -1, -1};
  *failure = (struct start_failure){STEP_PIPE, 0};
  outfit->input = open(order->input, O_RDONLY | O_CLOEXEC);
  if (outfit->input < 0) return false;
  if (!private_pipe(ends)) return false;
  *out = ends[0];
  outfit->output = ends[1];
  if (!private_pipe(ends)) return false;
  *trouble = ends[0];
  outfit->trouble = ends[1];
  if (order->wrapped) {
    if (!private_pipe(ends)) return false;
    *told = ends[0];
    outfit->status = ends[1];
    fcntl(*told, F_SETFL, O_NONBLOCK);
  }
  failure->step = STEP_CONFINE;
  outfit->rules = confine_prepare(order);
  return outfit->rules != -2;
}

static void outfit_close(const struct outfit *outfit) {
  const int fds[] = {outfit->input, outfit->output, outfit->status, outfit->trouble, outfit->rules};
  for (size_t index = 0; index < sizeof fds / sizeof *fds; index++)
    if (fds[index] >= 0) close(fds[index]);
}

pid_t command_start(
    const struct order *order, int *output, int *told, struct start_failure *failure) {
  struct outfit outfit;
  int trouble;
  if (!outfit_open(order, &outfit, output, told, &trouble, failure)) {
    failure->error = errno;
    return -1;
  }
  /* A name space of users is only for whoever shares no memory. */
  pid_t pid = order->view == NULL ? fork_command() : fork();
  if (pid == 0) become_command(order, &outfit);
  if (pid < 0) *failure = (struct start_failure){STEP_FORK, errno};
  outfit_close(&outfit);
  if (pid < 0) return -1;
  struct start_failure said;
  ssize_t count;
  do count = read(trouble, &said, sizeof said);
  while (count < 0 && errno == EINTR);
  close(trouble);
  fcntl(*output, F_SETFL, O_NONBLOCK);
  if (count != (ssize_t)sizeof said) return pid;
  *failure = said;
  return -1;
}
