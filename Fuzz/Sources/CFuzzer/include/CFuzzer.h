#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own loop, for a program that has an entry of its own.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
