// Nothing to call: linking it is what counts. See CStaticStart.c.
#ifndef CSTATICSTART_H
#define CSTATICSTART_H
#endif
