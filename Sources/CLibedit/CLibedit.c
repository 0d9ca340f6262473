#define _GNU_SOURCE
#include "CLibedit.h"

#include <fcntl.h>
#include <histedit.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

_Static_assert(sizeof(wchar_t) == sizeof(uint32_t), "wide characters are 32-bit numbers");

struct clibedit {
  EditLine *line;
  HistoryW *history;
  FILE *from, *nowhere;
  int master;
  void *client;
  clibedit_read read;
  clibedit_call call;
};

static clibedit *of(EditLine *line) {
  void *client = NULL;
  el_wget(line, EL_CLIENTDATA, &client);
  return client;
}

static int read_key(EditLine *line, wchar_t *key) {
  clibedit *editor = of(line);
  uint32_t value = 0;
  int count = editor->read(editor->client, &value);
  *key = (wchar_t)value;
  return count;
}

// libedit hands a function no data but the editor, so that each number has an entry of its own.
#define ENTRY(n) \
  static unsigned char entry##n(EditLine *line, int key) { \
    (void)key; \
    clibedit *editor = of(line); \
    return editor->call(editor->client, n); \
  }
#define EACH(X) \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) \
  X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
EACH(ENTRY)
#define NAME(n) entry##n,
static unsigned char (*const entries[CLIBEDIT_FUNCTIONS])(EditLine *, int) = {EACH(NAME)};

static wchar_t *wide(const char *text) {
  size_t room = strlen(text) + 1;
  wchar_t *result = calloc(room, sizeof *result);
  if (result && mbstowcs(result, text, room) == (size_t)-1) result[0] = 0;
  return result;
}

clibedit *clibedit_open(void *client, clibedit_read read, clibedit_call call) {
  // libedit does not edit without a terminal. On one of a single row its display code can never leave its buffers.
  struct winsize one_row = {1, 80, 0, 0};
  int master, slave;
  clibedit *editor = calloc(1, sizeof *editor);
  if (!editor || openpty(&master, &slave, NULL, NULL, &one_row)) {
    free(editor);
    return NULL;
  }
  fcntl(master, F_SETFD, FD_CLOEXEC);
  fcntl(slave, F_SETFD, FD_CLOEXEC);
  editor->master = master;
  editor->client = client;
  editor->read = read;
  editor->call = call;
  editor->from = fdopen(slave, "r");
  editor->nowhere = fopen("/dev/null", "we");
  char *term = getenv("TERM"), *before = term ? strdup(term) : NULL;
  setenv("TERM", "dumb", 1);
  if (editor->from && editor->nowhere) editor->line = el_init_fd("safesh", editor->from, editor->nowhere, editor->nowhere, slave, slave, slave);
  if (before) setenv("TERM", before, 1);
  else unsetenv("TERM");
  free(before);
  if (!editor->line) {
    clibedit_close(editor);
    return NULL;
  }
  el_wset(editor->line, EL_CLIENTDATA, editor);
  el_wset(editor->line, EL_GETCFN, read_key);
  el_wset(editor->line, EL_SIGNAL, 0);
  // Stays empty: the entries are ours. Without one some of libedit's functions call a null pointer.
  HistEventW event;
  editor->history = history_winit();
  if (editor->history) {
    history_w(editor->history, &event, H_SETSIZE, 1);
    el_wset(editor->line, EL_HIST, history_w, editor->history);
  }
  return editor;
}

void clibedit_close(clibedit *editor) {
  if (editor->line) el_end(editor->line);
  if (editor->history) history_wend(editor->history);
  if (editor->from) fclose(editor->from);
  if (editor->nowhere) fclose(editor->nowhere);
  close(editor->master);
  free(editor);
}

void clibedit_set_mode(clibedit *editor, const char *mode) {
  wchar_t *w = wide(mode);
  if (w) el_wset(editor->line, EL_EDITOR, w);
  free(w);
}

void clibedit_add_function(clibedit *editor, int number, const char *name) {
  // libedit keeps the pointer to the name as long as it lives.
  wchar_t *w = wide(name);
  if (w && number >= 0 && number < CLIBEDIT_FUNCTIONS) el_wset(editor->line, EL_ADDFN, w, L"", entries[number]);
}

void clibedit_bind(clibedit *editor, int command_map, const char *key, const char *function) {
  wchar_t *k = wide(key), *f = wide(function);
  if (k && f) {
    if (command_map) el_wset(editor->line, EL_BIND, L"-a", k, f, NULL);
    else el_wset(editor->line, EL_BIND, k, f, NULL);
  }
  free(k);
  free(f);
}

int clibedit_editrc_line(clibedit *editor, const char *line, int mode_only) {
  // Not el_source: it reads past its arguments at an open quote, and obeys more than `bind`.
  int result = 0, argc;
  const wchar_t **argv;
  wchar_t *w = strlen(line) <= 1000 ? wide(line) : NULL;
  TokenizerW *tokens = w ? tok_winit(NULL) : NULL;
  if (tokens && tok_wstr(tokens, w, &argc, &argv) == 0 && argc > 1 && argc < 5 && argv[0][0] != L'#') {
    const wchar_t *command = wcsrchr(argv[0], L':');
    command = command ? command + 1 : argv[0];
    int mode = !wcscmp(argv[1], L"-v") || !wcscmp(argv[1], L"-e");
    if (!wcscmp(command, L"bind")) {
      if (mode && mode_only) result = argv[1][1] == L'v' ? 1 : 2;
      if (!mode && !mode_only) el_wparse(editor->line, argc, argv);
    }
  }
  if (tokens) tok_wend(tokens);
  free(w);
  return result;
}

static char *listing(clibedit *editor, int command_map, const char *key) {
  char *text = NULL;
  size_t size = 0;
  FILE *file = open_memstream(&text, &size);
  if (!file) return NULL;
  wchar_t *k = key ? wide(key) : NULL;
  el_set(editor->line, EL_SETFP, 1, file);
  if (!key) el_wset(editor->line, EL_BIND, NULL);
  else if (k && command_map) el_wset(editor->line, EL_BIND, L"-a", k, NULL);
  else if (k) el_wset(editor->line, EL_BIND, k, NULL);
  el_set(editor->line, EL_SETFP, 1, editor->nowhere);
  fclose(file);
  free(k);
  return text;
}

char *clibedit_bindings(clibedit *editor) { return listing(editor, 0, NULL); }
char *clibedit_binding(clibedit *editor, int command_map, const char *key) { return listing(editor, command_map, key); }

const uint32_t *clibedit_edit(clibedit *editor, int *count) { return (const uint32_t *)el_wgets(editor->line, count); }

const uint32_t *clibedit_line(clibedit *editor, int *count, int *cursor) {
  const LineInfoW *info = el_wline(editor->line);
  // vi's `$` on an empty line leaves the cursor in front of the buffer.
  if (info->cursor < info->buffer) {
    el_cursor(editor->line, 1);
    info = el_wline(editor->line);
  }
  *count = (int)(info->lastchar - info->buffer);
  *cursor = (int)(info->cursor - info->buffer);
  return (const uint32_t *)info->buffer;
}

int clibedit_insert(clibedit *editor, const uint32_t *text) { return el_winsertstr(editor->line, (const wchar_t *)text); }
void clibedit_replace(clibedit *editor, const uint32_t *text) { el_wreplacestr(editor->line, (const wchar_t *)text); }
void clibedit_move(clibedit *editor, int by) { el_cursor(editor->line, by); }
void clibedit_push(clibedit *editor, const uint32_t *keys) { el_wpush(editor->line, (wchar_t *)(uintptr_t)keys); }

int clibedit_get(clibedit *editor, uint32_t *key) {
  wchar_t value = 0;
  int count = el_wgetc(editor->line, &value);
  *key = (uint32_t)value;
  return count == 1;
}
