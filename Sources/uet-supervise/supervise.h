/* uet-supervise: runs one command and leaves no process of it behind.
 *
 * What it reads and writes, its options and its promises stand in main.c. */
#ifndef UET_SUPERVISE_H
#define UET_SUPERVISE_H

#if __SIZEOF_POINTER__ != 8
#error "git-uet needs a machine of 64 bits"
#elif __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "git-uet needs a little-endian machine"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CONTROL_FD = 0, REPORT_FD = 1 };
/* Where bubblewrap tells of the command. */
enum { STATUS_FD = 3 };
enum { RULES_MOST = 512 };

/* resources.c: what the command may use; 0 and NULL for no limit. */
struct limits {
  const char *group; /* folder of a control group to be made for it */
  int64_t memory; /* bytes */
  int64_t cpu; /* thousandths of a core */
  bool background;
};
bool limits_option(struct limits *limits, const char *argument);
void limits_prepare(const struct limits *limits);
void limits_enter(const struct limits *limits);
void limits_leave(const struct limits *limits);

/* What to run and within which limits; times are in microseconds. */
struct order {
  const char *cwd;
  const char *log_path;
  const char *input; /* a file */
  int64_t log_limit;
  int64_t timeout; /* 0: none */
  int64_t farewell; /* 0: none */
  int64_t grace;
  int64_t beat;
  struct limits limits;
  const char *view, *seen_at; /* NULL, or a folder and the path at which it is seen */
  bool wrapped; /* argv is bubblewrap's */
  bool offline;
  const char *rules[RULES_MOST]; /* of Landlock: r or w, and a path */
  size_t rule_count;
  char **argv;
  char **environment;
};

/* options.c */
bool order_read(struct order *order, int argc, char **argv);
bool order_take_environment(struct order *order, char **inherited, uint64_t start_time);

/* start.c */
struct start_failure {
  enum { STEP_NONE, STEP_LOG, STEP_PIPE, STEP_FORK, STEP_CWD, STEP_EXEC, STEP_MEMORY, STEP_CONFINE, STEP_VIEW } step;
  int error;
};
/* Starts the command in a process group of its own; gives the read ends of its output and, where it
 * is wrapped, of what bubblewrap tells. */
pid_t command_start(
    const struct order *order, int *output, int *told, struct start_failure *failure);

/* confine.c */
/* The rules for `confine_apply`; -1 where none are wanted, -2 where they cannot be made. */
int confine_prepare(const struct order *order);
bool confine_apply(const struct order *order, int rules);
/* What bubblewrap says of the command's end, as a shell would; -1 where it never ran. */
int confined_status(int fd);

/* view.c */
bool view_enter(const struct order *order);

/* tree.c */
size_t tree_count(void);
/* TERM to every descendant but those of bubblewrap, where `wrapper` is its process (else 0). */
void tree_terminate(pid_t wrapper);
/* The command inside of it; the wrapper's own number while there is none. */
pid_t tree_wrapped(pid_t wrapper);
/* KILL to every descendant that can be found. */
size_t tree_kill(void);
/* Kills the direct children and their process groups. */
size_t tree_kill_children(void);
/* macOS has no subreaper: there descendants are found by the command's session. */
void tree_watch_session(pid_t leader);

/* log.c: the head of the output goes straight to the file, the tail is added at the end. */
struct log {
  int fd;
  int error;
  uint64_t head_room;
  uint64_t head;
  uint64_t total;
  size_t tail_room;
  size_t tail_length;
  size_t tail_start;
};
bool log_open(struct log *log, const char *path, int64_t limit);
void log_append(struct log *log, const char *bytes, size_t count);
void log_finish(struct log *log);
uint64_t log_left_out(const struct log *log);

/* report.c: lines of JSON on REPORT_FD. */
struct ending {
  const char *how;
  int status;
  int signal;
  int error;
  const char *step;
  int64_t wall;
  unsigned stragglers;
  size_t survivors;
};
void report_started(pid_t command, uint64_t start_time);
void report_beat(int64_t elapsed, uint64_t output);
void report_ended(const struct ending *ending, const struct log *log);

/* platform.c */
int64_t now_microseconds(void);
uint64_t own_start_time(void);
void take_whole_tree(void);
void close_inherited(void);

#endif
