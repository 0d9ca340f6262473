// A static Swift program asks at its start where it is, by reading the link /proc/self/exe, and aborts where there is no /proc: in an empty
// chroot, in a rescue system. This `readlink` takes the place of the C library's and then answers with a name that is as good as any.
#define _GNU_SOURCE
#include "CStaticStart.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size) {
  static const char name[] = "/safesh";
  ssize_t count = syscall(SYS_readlinkat, AT_FDCWD, path, buffer, size);
  if (count >= 0 || errno != ENOENT || strcmp(path, "/proc/self/exe") != 0 || size < sizeof name - 1) return count;
  memcpy(buffer, name, sizeof name - 1);
  return sizeof name - 1;
}
