// What a static Swift program cannot find out where there is no /proc, and how it frees memory. See CStaticStart.c.
#ifndef CSTATICSTART_H
#define CSTATICSTART_H

// The arguments that the process was started with, the command's own name first; NULL behind the last.
const char *const *static_start_arguments(void);

#endif
