// How the C library keeps memory that was let go. See CAllocator.c.
#ifndef CALLOCATOR_H
#define CALLOCATOR_H

// All threads take from one heap, and what is let go goes back to the system.
void allocator_keep_little(void);

// Gives whole pages between pieces that are in use back to the system.
void allocator_give_back(void);

#endif
