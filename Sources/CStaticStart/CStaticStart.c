// A static Swift program asks /proc at its start: for the file that it is, and aborts where there is no answer, as in an empty chroot or a
// rescue system; and for its arguments, and then believes that it has none. Both are known without /proc.
#define _GNU_SOURCE
#include "CStaticStart.h"

#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const *arguments;
static const char *const none[] = {NULL};

// The C library hands these to every constructor.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  (void)count;
  arguments = (const char *const *)values;
}

// What is freed in small pieces is joined at once. Else glibc gathers millions of them and then joins all in one go, and nobody else gets memory for tenths
// of a second, not even who asked to stop.
__attribute__((constructor)) static void join_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MXFAST, 0);
#endif
}

const char *const *static_start_arguments(void) { return arguments ? arguments : none; }

// Takes the place of the C library's function; where there is no /proc, a name that is as good as any.
ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size) {
  static const char name[] = "/safesh";
  ssize_t count = syscall(SYS_readlinkat, AT_FDCWD, path, buffer, size);
  if (count >= 0 || errno != ENOENT || strcmp(path, "/proc/self/exe") != 0 || size < sizeof name - 1) return count;
  memcpy(buffer, name, sizeof name - 1);
  return sizeof name - 1;
}
