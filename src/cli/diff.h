/* What changed between two texts, word by word. */
#ifndef DIURNA_CLI_DIFF_H
#define DIURNA_CLI_DIFF_H

#include "core/buf.h"

/*
 * Append what is different in after, with a few words around it: what went between "[-" and "-]",
 * what came between "{+" and "+}", on a colour terminal also in red and green; "…" stands for words
 * that stayed. The texts are foreign: they are made harmless. NULL is empty. False: nothing
 * differs.
 */
bool diff_words(const char *before, const char *after, struct buf *to);

#endif
