/* Words that only a style sheet sets apart. */
#ifndef DIURNA_PARSE_BLOCKS_JOINT_H
#define DIURNA_PARSE_BLOCKS_JOINT_H

#include <libxml/tree.h>
#include <stdbool.h>

/*
 * Whether an element that follows another one without a space says something else all the same, as
 * in "<span>Ada Lind</span><span>Reporter</span>", which a style sheet sets on two lines. Told by
 * form: both are elements without a meaning of their own, no running text is beside them, one has
 * several words, and a small letter (and a stop) ends the one, a capital begins the other.
 */
bool joint_parts_words(const xmlNode *node);

#endif
