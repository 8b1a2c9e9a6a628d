/* What `diurna COMMAND --help` prints: as it was written, or broken anew for a narrow terminal. */
#ifndef DIURNA_CLI_HELP_H
#define DIURNA_CLI_HELP_H

#include <stdio.h>

struct command;

/* On standard output: usage, summary, options, examples. */
void help_print(const struct command *command);
/* The list of all commands. */
void help_list(FILE *to);

#endif
