// libedit as an editing engine, for Swift: its variadic calls with fixed arguments, its wide characters as 32-bit numbers.
#ifndef CLIBEDIT_H
#define CLIBEDIT_H

#include <stdint.h>

typedef struct clibedit clibedit;

// Reads one character into *key: 1, or 0 at the end.
typedef int (*clibedit_read)(void *client, uint32_t *key);
// Carries out the editing function of a number; gives one of the results below.
typedef unsigned char (*clibedit_call)(void *client, int function);

enum { CLIBEDIT_NORM = 0, CLIBEDIT_NEWLINE = 1, CLIBEDIT_EOF = 2, CLIBEDIT_REFRESH = 4, CLIBEDIT_CURSOR = 5, CLIBEDIT_ERROR = 6, CLIBEDIT_FATAL = 7 };
enum { CLIBEDIT_FUNCTIONS = 32 };

// Opens an editor on a private terminal of one row, whose output goes nowhere. NULL if the system has no terminal left.
clibedit *clibedit_open(void *client, clibedit_read read, clibedit_call call);
void clibedit_close(clibedit *editor);

// "emacs" or "vi"; sets all keys to their defaults.
void clibedit_set_mode(clibedit *editor, const char *mode);
// Makes function `number` (below CLIBEDIT_FUNCTIONS) known under a name.
void clibedit_add_function(clibedit *editor, int number, const char *name);
// Binds a key, written as `bind` takes it, in the main or the command map.
void clibedit_bind(clibedit *editor, int command_map, const char *key, const char *function);
// Carries out a line of ~/.editrc if it is a `bind`; with `mode_only` just its -v and -e: then 1 for vi, 2 for emacs, else 0.
int clibedit_editrc_line(clibedit *editor, const char *line, int mode_only);
// What `bind` says of all keys, or of one; the caller frees it.
char *clibedit_bindings(clibedit *editor);
char *clibedit_binding(clibedit *editor, int command_map, const char *key);

// Edits a line until it is accepted or left; NULL both for the end and for an empty line.
const uint32_t *clibedit_edit(clibedit *editor, int *count);
// The line being edited: its characters, how many, and where the cursor is.
const uint32_t *clibedit_line(clibedit *editor, int *count, int *cursor);
int clibedit_insert(clibedit *editor, const uint32_t *text);
void clibedit_replace(clibedit *editor, const uint32_t *text);
void clibedit_move(clibedit *editor, int by);
// Lets libedit read these keys next.
void clibedit_push(clibedit *editor, const uint32_t *keys);
// One character from the reader; 0 at the end.
int clibedit_get(clibedit *editor, uint32_t *key);

// From here on a signal that ends the process gives the terminal these modes (a termios) first, and then does what it would have done. -1 ends
// that.
void clibedit_rescue(int descriptor, const void *modes);

#endif
