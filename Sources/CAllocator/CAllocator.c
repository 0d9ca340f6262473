// Left alone, glibc gives each thread a heap of its own, from which pieces that other threads let go hardly ever come back: a large plan took twice
// the memory that it held. It also keeps what is larger the more often it is let go.
#include "CAllocator.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void allocator_keep_little(void) {
#ifdef __GLIBC__
  const int large = 128 << 10;
  mallopt(M_ARENA_MAX, 1);
  // Larger pieces are the system's own.
  mallopt(M_MMAP_THRESHOLD, large);
  mallopt(M_TRIM_THRESHOLD, large);
#endif
}

void allocator_give_back(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
