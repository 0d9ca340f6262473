#define _GNU_SOURCE
#include "CLibedit.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// All that ends a process by default and that nobody takes at the prompt. A handler can be told nothing, so what it needs stands here.
static const int deadly[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP, SIGSYS, SIGXCPU, SIGXFSZ,
                             SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGPOLL, SIGSTKFLT, SIGPWR};
static struct sigaction before[NSIG];
static struct termios found;
static volatile sig_atomic_t terminal = -1;

static void rescue(int number, siginfo_t *info, void *context) {
  (void)context;
  int descriptor = terminal;
  terminal = -1;
  if (descriptor >= 0) {
    static const char plain[] = "\033[0m\033[?2004l\r\n";
    tcsetattr(descriptor, TCSANOW, &found);
    if (write(STDOUT_FILENO, plain, sizeof plain - 1) < 0) {}
  }
  sigaction(number, &before[number], NULL);
  // A fault comes again when the instruction is tried again, with what it says of itself; what was sent is sent anew.
  int is_fault = number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL;
  if (!is_fault || info->si_code <= 0) raise(number);
}

void clibedit_rescue(int descriptor, const void *modes) {
  static int is_installed = 0;
  terminal = -1;
  if (descriptor < 0 || !modes) return;
  memcpy(&found, modes, sizeof found);
  terminal = descriptor;
  if (is_installed) return;
  is_installed = 1;
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
  action.sa_sigaction = rescue;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
    if (sigaction(deadly[i], NULL, &before[deadly[i]]) || before[deadly[i]].sa_handler == SIG_IGN) continue;
    sigaction(deadly[i], &action, NULL);
  }
}
